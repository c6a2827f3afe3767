import { BucketShare, HttpShare, type MeteredShare, Traffic, systemTimers } from '@skein/remote';
import type { Clock, Result } from '@skein/model';
import { succeed } from '@skein/model';
import { type Greeting, SharedStoreError, TRUSTED, parseScope, rightsOf } from '@skein/store';
import { openCacheData } from './cache-data.ts';
import type { RemoteSettings } from './remote-settings.ts';

export interface ShareRequest {
  readonly settings: Pick<
    RemoteSettings,
    'address' | 'mode' | 'token' | 'scope' | 'trust' | 'key' | 'timeoutMs'
  >;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Of Skein. */
  readonly version: string;
}

const ANSWER_MS = 10_000;
const CONNECT_MS = 5_000;

/** A shared store as a client has it; a bucket is read and written by this process itself. */
export async function openShare(request: ShareRequest): Promise<Result<MeteredShare>> {
  const { address } = request.settings;
  return address.kind === 'http' ? succeed(openHttp(request)) : await openBucket(request);
}

/**
 * What the remote allows, before a command begins that is about nothing else. Rejects with a
 * `SharedStoreError` that says what is wrong.
 */
export async function greetFirst(
  request: ShareRequest,
  needs: 'read' | 'write',
): Promise<Result<Greeting>> {
  const share = await openShare(request);
  if (!share.ok) return share;
  try {
    const greeting = await share.value.greet({});
    if (greeting.mode === 'read-write' || greeting.mode === needs) return succeed(greeting);
    throw new SharedStoreError('forbidden', `a token of mode "${greeting.mode}" may not ${needs}`);
  } finally {
    share.value.close();
  }
}

/** For a server: what people ask it needs the same client. */
export function openHttp({ settings, version }: ShareRequest): HttpShare {
  const { address, token = '', timeoutMs = ANSWER_MS } = settings;
  return new HttpShare({
    base: new URL(address.url),
    token,
    timers: systemTimers,
    patience: {
      connectMs: Math.min(CONNECT_MS, timeoutMs),
      answerMs: timeoutMs,
      stallMs: timeoutMs,
    },
    traffic: new Traffic(),
    agent: `skein/${version}`,
  });
}

async function openBucket(request: ShareRequest): Promise<Result<MeteredShare>> {
  const { settings, environment, clock } = request;
  const { address, mode, scope, trust, key, timeoutMs } = settings;
  const depot = await openCacheData({
    data: address.url,
    cwd: '/',
    environment,
    clock,
    unsigned: trust.length === 0 && key === undefined,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  if (!depot.ok) return depot;
  const place = parseScope(scope ?? TRUSTED) ?? TRUSTED;
  return succeed(new BucketShare(depot.value.as(rightsOf(place, mode, 'bucket'))));
}
