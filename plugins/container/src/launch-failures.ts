import type { ContainerUser } from './dialect.ts';

/** A folder that the user of the container cannot read. */
export function unreadable(folder: string, { uid, gid }: ContainerUser): string {
  return [
    `the workspace cannot be read in a container`,
    `folder: "${folder}"`,
    `user there: ${uid}:${gid}`,
    `let it read the folder: chmod o+rx "${folder}"; or run as another user than root`,
  ].join('\n');
}

/** Whatever is made for the user of the container would be as unreadable. */
export function hiddenByUmask(umask: number, { uid, gid }: ContainerUser): string {
  return [
    `what the command makes cannot be read in a container`,
    `umask: ${umask.toString(8).padStart(3, '0')}`,
    `user there: ${uid}:${gid}`,
    `run the command with: umask 022; or as another user than root`,
  ].join('\n');
}

/** Only root can give its files to somebody else. */
export function wrongUser(own: number, { uid, gid }: ContainerUser): string {
  return [
    `a container cannot run as ${uid}:${gid}`,
    `the command runs as: ${own}`,
    `leave "user" out, or run the command as root`,
  ].join('\n');
}
