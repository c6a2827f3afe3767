import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureContainers, openContainers } from './containers.ts';

/** The label that says whose a container is: a folder in the state directory of its run. */
const label = 'dev.skein.pool';

const nothing = /^\b$/;

/**
 * Before the tests that need containers: installs what is missing, or leaves every test out where
 * that is in vain. After them: a container that they left is a failure, and removed.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const trouble = await ensureContainers();
  if (trouble !== undefined) {
    process.env['SKEIN_SKIP_REASON'] = trouble;
    project.config.testNamePattern = nothing;
    return async () => undefined;
  }
  const before = process.env['TMPDIR'];
  const folder = mkdtempSync(join(tmpdir(), 'skein-containers-'));
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  return async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await removeLeft(folder);
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Only those of states in `folder` are ours: others may use podman at the same time. */
async function removeLeft(folder: string): Promise<void> {
  const containers = await openContainers('left');
  try {
    const format = `{{.ID}} {{.Names}} {{.State}} {{index .Labels "${label}"}}`;
    const filter = ['--filter', `label=${label}`, '--format', format];
    const listed = await containers.podman('ps', '--all', '--no-trunc', ...filter);
    const left = listed.stdout.split('\n').filter((line) => line.includes(` ${folder}/`));
    if (listed.code === 0 && left.length === 0) return;
    const ids = left.map((line) => line.split(' ')[0] ?? '');
    await containers.podman('rm', '--force', '--time', '0', ...ids);
    // An error by itself would only be shown.
    process.exitCode = 1;
    throw new Error(`containers are left:\n${left.join('\n')}${listed.stderr}`);
  } finally {
    await containers.close();
  }
}
