import type { Launched, Launcher, LaunchOrder } from '@skein/executors';
import type { TaskOptions } from '@skein/model';
import type { ContainerUser } from './dialect.ts';
import type { Engine } from './engine.ts';
export interface ContainerLauncherSettings {
    readonly engine: Engine;
    /** Who the worker is. Default: the caller; for root, nobody. */
    readonly user?: ContainerUser | undefined;
    /** Network of a task that has any. Default: the engine's own. */
    readonly networkMode?: string | undefined;
    /** More flags of the engine's `run`. */
    readonly runArgs?: readonly string[] | undefined;
    /** Registries (`host:port`) that podman speaks to without TLS; Docker's daemon has its list. */
    readonly insecureRegistries?: readonly string[] | undefined;
    /** A line of progress while an image is pulled. */
    readonly pulling: (line: string) => void;
    /** Starts what runs in no image. */
    readonly machine: Launcher;
}
/** Starts each worker in a container of its own, by podman or Docker. */
export declare class ContainerLauncher implements Launcher {
    #private;
    readonly name = "container";
    constructor(settings: ContainerLauncherSettings);
    launch(order: LaunchOrder): Launched;
    cannotHonour({ resources }: TaskOptions): readonly string[];
    close(): Promise<void>;
}
