import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { digestHex } from '@skein/values';
import type { Failure } from '@skein/model';
import { DiskBlobs, MemoryTraces, openDepot, openObjects, rightsOf } from '@skein/store';
import type { Depot, Rights, Scope, ShareMode, WriterKey } from '@skein/store';
import { HttpShare } from '../src/http-share.ts';
import type { HttpPatience } from '../src/http-call.ts';
import { openRemote } from '../src/open-remote.ts';
import type { Remote, RemoteOptions } from '../src/remote.ts';
import { systemTimers } from '../src/timers.ts';
import { type MeteredShare, Traffic } from '../src/traffic.ts';
import { freshKey } from '../src/writer-key.ts';

export const clock = { now: () => Date.now(), elapsed: () => performance.now() };
export const randomness = { hex: (length: number) => randomBytes(length).toString('hex') };
export const SCOPE = 'trusted' as Scope;

export async function depotIn(folder: string, unsigned = false): Promise<Depot> {
  const objects = await openObjects(folder, { clock, randomness, environment: {} });
  if (!objects.ok) throw new Error(objects.failure.headline);
  return openDepot(objects.value, { clock, randomness, unsigned });
}

/** Each token is another one, as keys count under the token that registered them. */
export function rights(
  scope = SCOPE,
  mode: ShareMode = 'read-write',
  token = 'a1b2c3d4e5f6',
): Rights {
  return rightsOf(scope, mode, token);
}

export const TOKEN = 'skein_a1b2c3d4e5f6_secret';
export const PATIENCE: HttpPatience = { connectMs: 5_000, answerMs: 5_000, stallMs: 5_000 };

export function httpShare(
  url: URL,
  more: { patience?: HttpPatience; token?: string } = {},
): HttpShare {
  const { patience = PATIENCE, token = TOKEN } = more;
  const agent = 'skein/test';
  return new HttpShare({
    base: url,
    token,
    timers: systemTimers,
    patience,
    traffic: new Traffic(),
    agent,
  });
}

/** One machine of a team: a state of its own, and a remote for one run. */
export interface Machine {
  readonly remote: Remote;
  readonly traces: MemoryTraces;
  readonly blobs: DiskBlobs;
  readonly key: WriterKey;
  readonly warnings: Failure[];
  readonly lines: string[];
  /** Where its loose files lie. */
  readonly loose: string;
}

export function machine(
  folder: string,
  share: MeteredShare,
  more: Partial<RemoteOptions> = {},
): Machine {
  const traces = (more.traces as MemoryTraces | undefined) ?? new MemoryTraces();
  const blobs = new DiskBlobs(folder, { randomness });
  const key = freshKey();
  const warnings: Failure[] = [];
  const lines: string[] = [];
  const loose = join(folder, 'files');
  const remote = openRemote({
    share,
    address: 'http://cache.example.com',
    mode: 'read-write',
    traces,
    blobs,
    locate: (file) => {
      const path = join(loose, digestHex(file));
      return Promise.resolve(existsSync(path) ? path : undefined);
    },
    temporary: join(folder, 'tmp'),
    provenance: { skein: '1.2.3', user: 'ada', host: 'engine' },
    writerKey: () => Promise.resolve(key),
    clock,
    timers: systemTimers,
    randomness,
    warn: (warning) => warnings.push(warning),
    debug: (line) => lines.push(line),
    ...more,
  });
  return { remote, traces, blobs, key, warnings, lines, loose };
}
