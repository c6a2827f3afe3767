import type { Engine } from './engine.ts';
/**
 * Sees to it that no container outlives the coordinator: a shell of its own, which only waits. A
 * worker notices by itself that its socket closed, but not in a busy loop, and an engine keeps
 * what has ended.
 */
export declare class ContainerReaper {
    #private;
    /** `pool`: the pool's scratch folder, by which its containers are labelled. */
    constructor(engine: Engine, pool: string);
    watch(pid: number): void;
    forget(pid: number): void;
    /** Ends the shell: by now no container is left. */
    close(): Promise<void>;
}
