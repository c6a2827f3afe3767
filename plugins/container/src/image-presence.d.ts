import type { ResolvedImage, Result } from '@skein/model';
import type { Engine } from './engine.ts';
/** An image that the engine has. */
export interface PresentImage {
    /** Names of the variables that it sets. */
    readonly variables: ReadonlySet<string>;
}
export interface Pulling {
    /** Registries (`host:port`) that are spoken to without TLS. */
    readonly insecureRegistries: readonly string[];
    /** A line of the engine's progress. */
    readonly onLine: (line: string) => void;
}
/** Sees to it that the engine has an image; each is asked for, and pulled, at most once. */
export declare class ImagePresence {
    #private;
    constructor(engine: Engine, pulling: Pulling);
    ensure(image: ResolvedImage): Promise<Result<PresentImage>>;
    /** Ends what is being pulled. */
    close(): void;
}
