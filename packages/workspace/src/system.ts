import { closeSync, openSync, readSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Clock, HostPlatform, Randomness } from '@skein/model';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
};

export const systemRandomness: Randomness = {
  hex: (length) => randomBytes(length).toString('hex'),
};

/** What this process runs on: part of every key (Q6). */
export function hostPlatform(): HostPlatform {
  return {
    node: process.version.slice(1),
    os: process.platform,
    arch: process.arch,
    libc: process.platform === 'linux' ? libcOf(process.execPath) : 'none',
  };
}

const ELF_HEAD_BYTES = 4096;

/** The dynamic linker that an ELF program names near its beginning tells its C library. */
function libcOf(program: string): string {
  const head = Buffer.alloc(ELF_HEAD_BYTES);
  const file = openSync(program, 'r');
  try {
    readSync(file, head, 0, ELF_HEAD_BYTES, 0);
  } finally {
    closeSync(file);
  }
  return head.includes('ld-musl') ? 'musl' : 'glibc';
}
