import { FailureError } from '@skein/model';
import { UnsafePathError, dirReference } from '@skein/values';
import type { DirEntry, DirReference } from '@skein/values';

/** Names of devices on Windows, whatever stands behind their first dot. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:$|[. ])/i;
/** What a name on Windows cannot hold, or loses at its end. */
const WINDOWS_MISFIT = /[<>:"|?*\x00-\x1f]|[. ]$/;

/**
 * Makes sure that a folder can be laid out below another one, and nowhere else: the reference may
 * have been made on another machine, by whomever. Throws the failure `dir-entry-refused`.
 */
export function checkLaidOut(reference: DirReference, platform: NodeJS.Platform): void {
  const checked = checkedDir(reference.entries);
  if (checked.digest !== reference.digest) {
    throw refusedEntry('', 'the digest of the folder is not that of its entries');
  }
  if (platform !== 'win32') return;
  for (const { path } of checked.entries) {
    const segments = path.split('/');
    if (segments.some((name) => WINDOWS_DEVICE.test(name) || WINDOWS_MISFIT.test(name))) {
      throw refusedEntry(path, 'Windows has no such name');
    }
  }
}

/** What names these entries. Throws the failure `dir-entry-refused`. */
export function checkedDir(entries: readonly DirEntry[]): DirReference {
  try {
    return dirReference(entries);
  } catch (error) {
    if (error instanceof UnsafePathError) throw refusedEntry(error.path, error.reason);
    throw error;
  }
}

/** Of a folder that is to be laid out. */
export function refusedEntry(path: string, reason: string): FailureError {
  return new FailureError({
    code: 'dir-entry-refused',
    kind: 'environment',
    headline: 'a Dir holds an entry that cannot be laid out in a folder',
    facts: [
      ['path', JSON.stringify(path)],
      ['reason', reason],
    ],
    hint: 'whatever made it has to name its files otherwise',
  });
}
