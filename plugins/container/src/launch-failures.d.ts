import type { ContainerUser } from './dialect.ts';
/** A folder that the user of the container cannot read. */
export declare function unreadable(folder: string, { uid, gid }: ContainerUser): string;
/** Only root can give its files to somebody else. */
export declare function wrongUser(own: number, { uid, gid }: ContainerUser): string;
