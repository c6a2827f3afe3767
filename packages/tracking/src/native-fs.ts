import * as fs from 'node:fs';

/*
 * The functions of `node:fs` as they were before tracking put others in their place: an import
 * would follow that. What tracking itself does on disk it does with these.
 */
export const native = {
  closeSync: fs.closeSync,
  fstatSync: fs.fstatSync,
  lstatSync: fs.lstatSync,
  openSync: fs.openSync,
  readdirSync: fs.readdirSync,
  readlinkSync: fs.readlinkSync,
  readSync: fs.readSync,
  read: fs.read,
  realpathSync: fs.realpathSync.native,
  statSync: fs.statSync,
  unlinkSync: fs.unlinkSync,
} as const;

/** The code of an error of `node:fs`; `undefined`: it came from elsewhere, such as an abort. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('errno' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
