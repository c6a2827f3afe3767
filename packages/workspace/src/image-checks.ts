import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '@skein/container';
import type { Result } from '@skein/model';
import { loadConfig } from './config.ts';
import type { DoctorCheck } from './contract.ts';
import type { Opened } from './opened.ts';
import { IMAGE_LOCK } from './run-images.ts';

/** What `skein doctor` says of images and containers, where the workspace has any. */
export async function imageChecks(opened: Opened): Promise<readonly DoctorCheck[]> {
  const { root, environment } = opened;
  const config = await loadConfig(root);
  // What is wrong with the configuration is said once, by another check.
  const container = config.ok ? config.value.container : undefined;
  const isLocked = existsSync(join(root, IMAGE_LOCK));
  if (!isLocked && container === undefined) return [];
  const { findEngine } = await import('@skein/container');
  const engine = await findEngine({ wanted: container?.engine, environment });
  return [engineCheck(engine), ...(isLocked && config.ok ? [await lockCheck(opened)] : [])];
}

/** Whoever only reuses needs none. */
function engineCheck(engine: Result<Engine>): DoctorCheck {
  const name = 'containers';
  if (engine.ok) {
    const { kind, version, path } = engine.value;
    return { name, status: 'ok', detail: `${kind} ${version}, "${path}"` };
  }
  const { headline, facts, hint } = engine.failure;
  const said = facts.map(([fact, value]) => `${fact}: ${value}`).join('; ');
  const detail = said === '' ? headline : `${headline} (${said})`;
  return { name, status: 'warning', detail, ...(hint === undefined ? {} : { hint }) };
}

async function lockCheck(opened: Opened): Promise<DoctorCheck> {
  const { onlyReading } = await import('./image-list.ts');
  const name = 'images';
  const locked = onlyReading(opened, {}).locked();
  if (locked.ok) {
    const images = new Set(locked.value.map(({ key }) => key)).size;
    return { name, status: 'ok', detail: `${IMAGE_LOCK}, ${images} locked` };
  }
  const { headline, hint } = locked.failure;
  return { name, status: 'problem', detail: headline, ...(hint === undefined ? {} : { hint }) };
}
