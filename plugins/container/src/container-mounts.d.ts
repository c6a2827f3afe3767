import type { LaunchOrder } from '@skein/executors';
import type { Mount } from './run-arguments.ts';
/** What of the machine a container sees. */
export interface Sight {
    /** Empty folders, read-only. */
    readonly hidden: readonly string[];
    readonly mounts: readonly Mount[];
    readonly compileCache: string | undefined;
}
/** Finds what a worker has to see; packages are looked for once. */
export declare class Lookout {
    #private;
    sightOf(order: LaunchOrder): Sight;
}
