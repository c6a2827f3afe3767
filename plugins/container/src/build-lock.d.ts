/**
 * Runs `work` while no other process on this machine does so under the same name: two builds of
 * one recipe need not be one image. The lock is the system's, on a file in `folder`, and is let go
 * when its holder dies. Where no lock can be had the work is done without.
 */
export declare function underBuildLock<T>(folder: string, name: string, work: () => Promise<T>): Promise<T>;
