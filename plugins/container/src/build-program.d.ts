import type { Result } from '@skein/model';
import type { Engine, EngineCall, EngineEnvironment, EngineOutcome } from './engine.ts';
/** Who builds: the engine that runs containers, or buildah, which needs none. */
export interface BuildProgram {
    readonly name: 'podman' | 'buildah' | 'docker';
    /** It can name an image that was pushed nowhere by a digest that stays. */
    readonly keepsDigests: boolean;
    readonly build: (order: BuildOrder, call: EngineCall) => Promise<EngineOutcome>;
    /** Pushes to where its name says; the digest that the registry got it under, if it was said. */
    readonly push: (order: PushOrder, call: EngineCall) => Promise<Pushed>;
    /** What it has under a name. */
    readonly inspect: (name: string) => Promise<LocalImage | undefined>;
}
export interface BuildOrder {
    /** Holds `Containerfile` and what it copies. */
    readonly context: string;
    readonly name: string;
    /** The registry of the base image speaks plain http. */
    readonly plainBase: boolean;
}
export interface PushOrder {
    readonly name: string;
    /** A folder of its own for what the push writes. */
    readonly scratch: string;
    readonly plain: boolean;
}
export interface Pushed {
    readonly outcome: EngineOutcome;
    readonly digest: string | undefined;
}
export interface LocalImage {
    readonly digest: string | undefined;
    /** `NAME=value` */
    readonly variables: readonly string[];
}
/** The engine where one answers, else buildah, else why there is no engine. */
export declare function findBuildProgram(engine: Result<Engine>, environment: EngineEnvironment): Promise<Result<BuildProgram>>;
