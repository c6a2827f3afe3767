import type { Executor, ExecutorSettings } from '@skein/executors';
import type { ContainerLauncherSettings } from './container-launcher.ts';
export interface ContainerSettings extends ExecutorSettings, Pick<ContainerLauncherSettings, 'engine' | 'user' | 'networkMode' | 'runArgs' | 'insecureRegistries'> {
    /** A line of the engine's progress while it pulls an image. Default: nobody is told. */
    readonly pulling?: (line: string) => void;
    /** Serves tasks of `isolation: 'inline'`; closed with the executor. Default: one of its own. */
    readonly inline?: Executor;
}
/** The executor that runs actions in containers; those without an image in child processes. */
export declare function createContainers(settings: ContainerSettings): Executor;
