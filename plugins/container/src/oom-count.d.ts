/**
 * Counts what the system ended in the control group of a process because its memory limit was
 * reached: the process, or what it started. `undefined`: nobody can say from here, or the group is
 * gone.
 */
export declare function oomCounterOf(pid: number): () => number | undefined;
/** Lines are `number:controllers:path`; without controllers it is of the second generation. */
export declare function counterFile(groups: string): string | undefined;
