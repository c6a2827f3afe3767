import { existsSync, statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hostCapacity } from './capacity.ts';
import type { DoctorCheck } from './contract.ts';
import { imageChecks } from './image-checks.ts';
import type { Opened } from './opened.ts';
import { remoteChecks } from './remote-checks.ts';
import { sweepLeftovers } from './sweep-leftovers.ts';
import { hostPlatform } from './system.ts';

const LITTLE_DISK_BYTES = 1024 ** 3;
const GIB = 1024 ** 3;

const LOCK_FILES = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

/**
 * What `skein doctor` looks at. Nothing is changed, but that a
 * folder is made and removed, and containers go that a killed command left.
 */
export async function examine(opened: Opened): Promise<readonly DoctorCheck[]> {
  await sweepLeftovers(opened);
  return [
    platformCheck(),
    rootCheck(opened),
    await stateCheck(opened),
    diskCheck(opened),
    lockCheck(opened),
    capacityCheck(opened),
    ...(await imageChecks(opened)),
    ...(await remoteChecks(opened)),
  ];
}

function platformCheck(): DoctorCheck {
  const { node, os, arch, libc } = hostPlatform();
  return { name: 'node', status: 'ok', detail: `${node} on ${os} ${arch} ${libc}` };
}

function rootCheck(opened: Opened): DoctorCheck {
  return { name: 'workspace', status: 'ok', detail: opened.root };
}

async function stateCheck(opened: Opened): Promise<DoctorCheck> {
  const { path } = opened.state;
  try {
    const probe = await mkdtemp(join(path, 'probe-'));
    await rm(probe, { recursive: true });
    return { name: 'state', status: 'ok', detail: path };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const hint = 'make it writable, or name another folder by SKEIN_STATE';
    return { name: 'state', status: 'problem', detail: `${path}: ${why}`, hint };
  }
}

function diskCheck(opened: Opened): DoctorCheck {
  const { bavail, bsize } = statfsSync(opened.state.path);
  const free = bavail * bsize;
  const detail = `${(free / GIB).toFixed(1)} GiB free for the state`;
  if (free >= LITTLE_DISK_BYTES) return { name: 'disk', status: 'ok', detail };
  return { name: 'disk', status: 'warning', detail, hint: 'results may not find room' };
}

function lockCheck(opened: Opened): DoctorCheck {
  const lock = LOCK_FILES.find((name) => existsSync(join(opened.root, name)));
  if (lock !== undefined) return { name: 'lock file', status: 'ok', detail: lock };
  const hint = 'without one, two checkouts may install different packages and share no results';
  return { name: 'lock file', status: 'warning', detail: 'none at the root', hint };
}

function capacityCheck({ state, environment }: Opened): DoctorCheck {
  const machine = { state: state.path, environment };
  const { cpu, memoryBytes, gpus } = hostCapacity({ tokens: {} }, machine);
  const some = gpus.length === 0 ? '' : `, gpus ${gpus.join(' ')}`;
  const detail = `${cpu} cores, ${(memoryBytes / GIB).toFixed(1)} GiB of memory${some}`;
  return { name: 'capacity', status: 'ok', detail };
}
