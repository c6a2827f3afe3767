import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OMITTED, digestOf } from '@skein/values';
import type { KeyManifest, Platform, TaskId } from '@skein/model';
import { describe, expect, it } from 'vitest';
import { actionKey, fieldChanges, keyPrefix } from './key.ts';

interface Golden {
  readonly keys: readonly { readonly manifest: KeyManifest; readonly key: string }[];
}

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../golden/key-v1.json'), 'utf8'),
) as Golden;

const MANIFEST: KeyManifest = {
  format: 1,
  task: 'src/main.ts#main' as TaskId,
  code: { kind: 'digest', digest: digestOf('code', 'a') },
  inputs: [{ name: 'rows', digest: digestOf('value', '1'), ignored: false }],
  variables: [],
  platform: { node: '26.10.0', os: 'linux', arch: 'x64', libc: 'glibc' },
};

function keyOf(manifest: KeyManifest): string {
  return actionKey(keyPrefix(manifest), manifest.inputs);
}

describe('the key', () => {
  it('Q5: the keys of format 1 stay what they are', () => {
    for (const { manifest, key } of golden.keys) expect(keyOf(manifest)).toBe(key);
    expect(golden.keys.length).toBeGreaterThan(3);
  });

  const changes: readonly (readonly [string, Partial<KeyManifest>])[] = [
    ['task', { task: 'src/main.ts#other' as TaskId }],
    ['code', { code: { kind: 'digest', digest: digestOf('code', 'b') } }],
    ['version', { code: { kind: 'version', version: digestOf('code', 'a') } }],
    ['salt', { salt: 'x' }],
    ['variable MODE', { variables: [{ name: 'MODE', digest: null }] }],
    ['platform', { platform: { node: '26.10.1', os: 'linux', arch: 'x64', libc: 'glibc' } }],
    ['program python3', { program: { name: 'python3', digest: null } }],
    ['input rows', { inputs: [{ name: 'rows', digest: OMITTED, ignored: false }] }],
    [
      'input more',
      { inputs: [...MANIFEST.inputs, { name: 'more', digest: OMITTED, ignored: false }] },
    ],
  ];

  it.for(changes)('Q5: %s is in the key, and is named where it changed', ([field, change]) => {
    const changed = { ...MANIFEST, ...change };
    expect(keyOf(changed)).not.toBe(keyOf(MANIFEST));
    expect(fieldChanges(MANIFEST, changed).map((one) => one.field)).toContain(field);
  });

  it('Q4: an ignored input is listed and not hashed', () => {
    const ignoring = (text: string): KeyManifest => ({
      ...MANIFEST,
      inputs: [{ name: 'rows', digest: digestOf('value', text), ignored: true }],
    });
    expect(keyOf(ignoring('1'))).toBe(keyOf(ignoring('2')));
    expect(keyOf(ignoring('1'))).not.toBe(keyOf(MANIFEST));
  });

  it('Q6: what ran on the host and what ran in the image never mix', () => {
    const host = { node: '26.10.0', os: 'linux', arch: 'x64', libc: 'glibc' };
    const digest = 'sha256:1';
    const platforms: readonly Platform[] = [
      host,
      { ...host, image: { digest, applied: false } },
      { image: { digest, applied: true } },
      { image: { digest, applied: true }, node: '26.10.0' },
      { image: { digest, applied: true }, node: '26.10.1' },
      { image: { digest: 'sha256:2', applied: true } },
      { image: { digest, applied: true }, network: true },
    ];
    const keys = platforms.map((platform) => keyOf({ ...MANIFEST, platform }));
    expect(new Set(keys).size).toBe(platforms.length);
  });

  it('Q6: what an image is called is no part of the key', () => {
    const named = (name: string): string =>
      keyOf({ ...MANIFEST, platform: { image: { digest: 'sha256:1', applied: true, name } } });
    expect(named('acme/x:1.4')).toBe(named('acme/x:latest'));
  });
});
