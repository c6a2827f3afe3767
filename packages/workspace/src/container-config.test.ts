import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { image } from '@skein/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';
import { containerOf, wrongContainer } from './container-config.ts';

describe('the configuration of containers', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'skein-container-config-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const written = (container: unknown) => {
    writeFileSync(join(root, 'skein.config.json'), JSON.stringify({ container }));
    return loadConfig(root);
  };

  it('is read whole', async () => {
    const whole = {
      engine: '/opt/bin/podman',
      image: 'ghcr.io/acme/base:3',
      registry: 'localhost:5000/team/skein',
      network: 'bridge',
      user: '1000:1000',
      insecureRegistries: ['cache.lan:5000', '[::1]:5000', 'cache.lan:5000'],
      runArgs: ['--security-opt', 'label=disable'],
    };
    expect(await written(whole)).toMatchObject({
      value: {
        container: { ...whole, insecureRegistries: ['cache.lan:5000', '[::1]:5000'] },
      },
    });
  });

  it('may be empty', async () => {
    expect(await written({})).toMatchObject({
      value: { container: { insecureRegistries: [], runArgs: [] } },
    });
  });

  it('names every unknown field and wrong type at once, and lists the fields', async () => {
    const result = await written({
      enginee: 'podman',
      engine: 'bin/podman',
      image: 3,
      registry: 'https://ghcr.io/acme',
      network: '',
      user: 'root',
      insecureRegistries: ['http://cache.lan', 1],
      runArgs: '--init',
    });
    expect(!result.ok && result.failure.facts.map(([name]) => name)).toEqual([
      'container.enginee',
      'container.engine',
      'container.image',
      'container.registry',
      'container.network',
      'container.user',
      'container.insecureRegistries[0]',
      'container.insecureRegistries[1]',
      'container.runArgs',
    ]);
    const [, unknown] = (!result.ok && result.failure.facts[0]) || [];
    expect(unknown).toBe(
      'no such field: it may have "engine", "image", "registry", "network", "user", ' +
        '"insecureRegistries", "runArgs"',
    );
  });

  it.each([['podman'], [null], [[]]])('is an object: %j', async (container) => {
    const result = await written(container);
    expect(!result.ok && result.failure.facts[0]?.[1]).toMatch(/not an object$/);
  });

  it('Q6: takes an image that is built as the option of a task does', () => {
    const given = { image: image({ name: 'base', from: 'debian:12', apt: ['git'] }) };
    expect(wrongContainer(given)).toEqual([]);
    expect(containerOf(given).image).toMatchObject({ name: 'base', from: 'debian:12' });
    expect(wrongContainer({ image: { from: 'debian:12' } })).toHaveLength(1);
  });
});
