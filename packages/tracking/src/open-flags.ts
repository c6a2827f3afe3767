import { constants } from 'node:fs';

/** What a file is opened for. */
export interface OpenFlags {
  readonly reads: boolean;
  readonly writes: boolean;
}

const { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND } = constants;
const WRITING = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND;
const READING: OpenFlags = { reads: true, writes: false };

/** What is no flag counts as nothing: Node refuses it. */
export function openFlags(flags: unknown): OpenFlags {
  if (typeof flags === 'number') {
    return { reads: (flags & O_WRONLY) === 0, writes: (flags & WRITING) !== 0 };
  }
  if (typeof flags !== 'string') return READING;
  const isReading = flags.includes('r');
  const isBoth = flags.includes('+');
  return { reads: isReading || isBoth, writes: !isReading || isBoth };
}
