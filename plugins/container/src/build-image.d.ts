import { type ImageBuilder, type ImageInspection } from '@skein/images';
import type { Result } from '@skein/model';
import { type BuildProgress } from './build-progress.ts';
import { type Engine, type EngineEnvironment } from './engine.ts';
export interface BuilderOptions {
    /** Asked when there is something to build; buildah is taken where no engine answers. */
    readonly engine: () => Promise<Result<Engine>>;
    /** What the builder finds in its environment: credentials, settings, PATH. */
    readonly environment: EngineEnvironment;
    /** Where built images are pushed, `ghcr.io/acme`; absent: they stay on this machine. */
    readonly registry: string | undefined;
    /** Registries that speak plain http, `host:port`. Those of this machine always may. */
    readonly insecureRegistries: readonly string[];
    /** No part of what a recipe copies. */
    readonly stateDir: string;
    /** The machine's folder for temporary files, as every process here knows it. */
    readonly temporary: string;
    /** What a registry has: `WorkspaceImages.inspect`. */
    readonly inspect: (reference: string) => Promise<Result<ImageInspection>>;
    readonly told: (progress: BuildProgress) => void;
    /** Ends what is being built. */
    readonly signal?: AbortSignal;
}
/** Builds recipes by podman, buildah or Docker, each once on this machine however many ask. */
export declare function createBuilder(options: BuilderOptions): ImageBuilder;
