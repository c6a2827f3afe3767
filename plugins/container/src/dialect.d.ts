import type { EngineKind } from './engine-info.ts';
/** Numeric ids, so that an image need not know their names. */
export interface ContainerUser {
    readonly uid: number;
    readonly gid: number;
}
export interface TmpfsMount {
    readonly path: string;
    /** Octal. */
    readonly mode: string;
    /** An empty folder that nobody can write: what lies below it is mounted on top. */
    readonly readOnly: boolean;
}
/** How one engine says what both can do: all that podman and Docker differ in. */
export interface Dialect {
    /** Before the command: what keeps its own chatter out of the container's error output. */
    readonly quiet: readonly string[];
    /** Flags of `run` that only this engine has, or needs. */
    readonly run: readonly string[];
    user: (user: ContainerUser) => readonly string[];
    tmpfs: (mount: TmpfsMount) => readonly string[];
    gpus: (devices: readonly string[]) => readonly string[];
    /** Flags of `pull` from a registry without TLS, or whose certificate nobody vouches for. */
    readonly pullInsecurely: readonly string[];
    /** Removes containers at once, running or not, with what the image declares as volumes. */
    readonly remove: readonly string[];
}
export declare function dialectOf(engine: {
    readonly kind: EngineKind;
    readonly rootless: boolean;
}): Dialect;
