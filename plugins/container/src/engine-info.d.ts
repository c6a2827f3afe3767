/** Which command line it understands: `docker` of the package podman-docker is podman. */
export type EngineKind = 'podman' | 'docker';
/** What an engine says that it can do. */
export interface EngineFeatures {
    readonly version: string;
    /** It runs as its caller, so that root in a container is nobody but the caller. */
    readonly rootless: boolean;
    readonly cgroupVersion: 1 | 2 | undefined;
    /** What it can limit: a limit that it cannot hold would be an error. */
    readonly limits: {
        readonly memory: boolean;
        readonly cpu: boolean;
        readonly pids: boolean;
        /** It can hand over gpus. */
        readonly gpu: boolean;
    };
}
/** What an engine was asked, and what the machine has. */
export interface Info {
    readonly kind: EngineKind;
    /** Its `info`, as JSON. */
    readonly text: string;
    /** The gpus of the machine are described by the Container Device Interface. */
    readonly describesGpus: boolean;
}
/** Reads `info`; `undefined`: it is none, or of an engine that is not there. */
export declare function readInfo({ kind, text, describesGpus }: Info): EngineFeatures | undefined;
