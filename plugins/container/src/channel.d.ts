import type { Socket } from 'node:net';
import type { ContainerUser } from './dialect.ts';
/** Waits for one worker, and listens to nobody after it. */
export interface Channel {
    /** The worker's end; rejects when closed before it came. */
    readonly connected: Promise<Socket>;
    /** The socket's name in the folder. */
    readonly name: string;
    /** Whoever comes from here on finds nobody. */
    close: () => void;
}
/**
 * Listens in a folder, which is made and belongs to `owner` alone. A socket's path is short: the
 * folder is named by its descriptor.
 */
export declare function listen(folder: string, owner: ContainerUser | undefined): Channel;
