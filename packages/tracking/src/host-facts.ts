import os from 'node:os';
import process from 'node:process';
import { encode, inputDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import { findAsker } from './author-line.ts';
import type { Patches } from './patches.ts';
import type { TrackingSettings } from './settings.ts';

/**
 * What the machine and its user are: read, they are observed like variables of these names (O6).
 * What a machine is doing just now is a clock's; what the platform says is in every key (Q6).
 */
const OS_FACTS = [
  'availableParallelism',
  'hostname',
  'machine',
  'networkInterfaces',
  'release',
  'totalmem',
  'userInfo',
  'version',
] as const;

const PROCESS_FACTS = [
  'constrainedMemory',
  'getegid',
  'geteuid',
  'getgid',
  'getgroups',
  'getuid',
] as const;

/** By name, as they were before tracking put others in their place. */
const FACTS: ReadonlyMap<string, () => unknown> = new Map([
  ...OS_FACTS.map((name) => [`os.${name}`, asked(os, name)] as const),
  ...PROCESS_FACTS.map((name) => [`process.${name}`, asked(process, name)] as const),
]);

function asked(holder: object, name: string): () => unknown {
  const own: unknown = Reflect.get(holder, name);
  return () => (typeof own === 'function' ? Reflect.apply(own, holder, []) : undefined);
}

/**
 * Who and where one is, which a container says alike on every machine, and the limit of memory that
 * its task gave it, which is no part of any key (Q5).
 */
const SAID_BY_CONTAINER: ReadonlySet<string> = new Set([
  'os.hostname',
  'os.userInfo',
  ...PROCESS_FACTS.map((it) => `process.${it}`),
]);

/** Has each reading of a host fact observed. */
export function trackHostFacts(patches: Patches, settings: TrackingSettings): void {
  const { container } = settings;
  const isSaid = (fact: string): boolean => {
    if (container === undefined) return false;
    if (fact === 'os.networkInterfaces') return !container.network;
    if (fact === 'os.availableParallelism') return container.cpuLimited;
    return SAID_BY_CONTAINER.has(fact);
  };
  const tell = (fact: string): void => {
    const watcher = settings.watcher();
    if (watcher === undefined || isSaid(fact)) return;
    const { through } = findAsker(settings);
    const digest = hostFactDigest(fact) ?? null;
    watcher.observe({ kind: 'variable', name: fact, digest }, through);
  };
  for (const name of OS_FACTS) patches.beforeCall(os, name, () => tell(`os.${name}`));
  for (const name of PROCESS_FACTS)
    patches.beforeCall(process, name, () => tell(`process.${name}`));
  patches.beforeRead(Navigator.prototype, 'hardwareConcurrency', () =>
    tell('os.availableParallelism'),
  );
}

/** What a host fact is now; `undefined`: there is none of this name. */
export function hostFact(name: string): unknown {
  return FACTS.get(name)?.();
}

/**
 * The digest of a variable observation of this name, as the variable's own would be; `null`: the
 * machine does not say. `undefined`: it is no host fact.
 */
export function hostFactDigest(name: string): Digest | null | undefined {
  if (!FACTS.has(name)) return undefined;
  try {
    const fact = hostFact(name);
    return fact === undefined ? null : inputDigest(encode(plain(fact)));
  } catch {
    // A user without an entry in the system's table has no `userInfo`.
    return null;
  }
}

/** `os` gives objects without a prototype. */
function plain(fact: unknown): unknown {
  return typeof fact === 'object' && fact !== null && !Array.isArray(fact) ? { ...fact } : fact;
}
