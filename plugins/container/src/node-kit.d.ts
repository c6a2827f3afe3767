import type { Mount } from './run-arguments.ts';
/** Where a container finds what is Skein's. */
export declare const KIT = "/skein";
/** The folder with the socket of the channel. */
export declare const RUN = "/skein/run";
/** What is Skein's in a container, and how its Node is started there. */
export interface NodeKit {
    readonly mounts: readonly Mount[];
    /** Starts Node, whose flags and script follow. */
    readonly command: readonly [string, ...string[]];
    /** A program of the container that is Node, for whoever starts `process.execPath`. */
    readonly program: string;
}
/**
 * Lays out this process's own Node so that it runs in any image: with its libraries, by the
 * loader that came with them. `folder` is made, and mounted.
 */
export declare function layOutNode(folder: string): NodeKit;
/** Where the image has a Node of its own, there is only the folder for the channel. */
export declare function layOutBare(folder: string): readonly Mount[];
