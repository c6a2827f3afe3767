import type { TaskOptions } from '@skein/model';
import type { ContainerUser } from './dialect.ts';
import type { EngineFeatures, EngineKind } from './engine-info.ts';
/** A folder or file of the machine, at a path of the container. */
export interface Mount {
    readonly source: string;
    /** Default: the same path. */
    readonly target?: string;
    readonly writable?: boolean;
}
/** One container: what of the machine it sees, what it may use, and what it runs. */
export interface ContainerPlan {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    /** Where the engine gets the image, which is there already. */
    readonly image: string;
    readonly user: ContainerUser;
    readonly cwd: string;
    /** Folders of which it sees nothing but what is mounted below them. */
    readonly hidden: readonly string[];
    readonly mounts: readonly Mount[];
    /** Values that are those of the engine's own environment are handed on by name (O7). */
    readonly variables: Readonly<Record<string, string>>;
    readonly network: boolean;
    /** The network of one that has any; absent: the engine's own default. */
    readonly networkMode?: string | undefined;
    readonly resources: TaskOptions['resources'];
    /** Its gpus, as the engine names them. */
    readonly devices: readonly string[];
    /** More flags of `run`, the last to be read. */
    readonly runArgs: readonly string[];
    /** Program and arguments. */
    readonly command: readonly [string, ...string[]];
}
export interface RunEngine extends Pick<EngineFeatures, 'rootless' | 'limits'> {
    readonly kind: EngineKind;
    readonly environment: Readonly<Record<string, string | undefined>>;
}
/** The command line that runs a container in the foreground. */
export declare function runArguments(engine: RunEngine, plan: ContainerPlan): readonly string[];
