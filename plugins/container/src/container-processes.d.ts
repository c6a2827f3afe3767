/**
 * The first process of a container on this machine, whose end is the end of all of it: of those
 * whose `TMPDIR` is its scratch folder the one that none of the others started. `undefined`: there
 * is none, or it cannot be seen from here.
 */
export declare function firstProcessIn(scratch: string): number | undefined;
/** Ends a process of this machine, which takes those of its container with it. */
export declare function endProcess(pid: number): void;
