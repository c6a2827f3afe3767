import { isFull, systemCode } from '@skein/model';
import { ObjectError } from './objects.ts';

const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS']);

/** An error of the file system as an `ObjectError`; any other stays what it is. */
export function diskTrouble(error: unknown, place: string): unknown {
  const code = systemCode(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const options = { cause: error };
  if (isFull(error)) return new ObjectError('full', `no room is left in ${place}`, options);
  if (FORBIDDEN.has(code)) {
    return new ObjectError('forbidden', `${place} does not allow it: ${error.message}`, options);
  }
  return new ObjectError('unreachable', `${place} does not answer: ${error.message}`, options);
}
