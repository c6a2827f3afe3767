import type { Failure } from '@skein/model';
import type { EngineEnvironment } from './engine.ts';
export interface ContainerSweep {
    /** Absolute state directory. */
    readonly state: string;
    /** The command's environment. */
    readonly environment: EngineEnvironment;
    readonly warn: (warning: Failure) => void;
}
/**
 * Removes the containers of commands that died, as they all do that nobody owns any more; says so
 * once. Cheap where there are none: the scratch folders tell which engine to ask. Returns how many
 * it removed.
 */
export declare function sweepContainers(sweep: ContainerSweep): Promise<number>;
