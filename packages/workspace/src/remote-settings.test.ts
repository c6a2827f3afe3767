import { describe, expect, test } from 'vitest';
import type { RemoteConfig } from './remote-config.ts';
import { type RemoteAsked, remoteSettings } from './remote-settings.ts';

interface Given {
  readonly asked?: RemoteAsked;
  readonly variables?: Readonly<Record<string, string>>;
  readonly config?: RemoteConfig;
  readonly readOnly?: boolean;
}

const TOKEN = { SKEIN_REMOTE_TOKEN: 'skein_1_2' };
const CONFIG: RemoteConfig = { url: 'https://config.example', trust: [] };

function settings({ asked = {}, variables = TOKEN, config, readOnly = false }: Given) {
  const result = remoteSettings({ asked, environment: variables, config, readOnly });
  return result.ok ? result.value : result.failure;
}

describe('which remote it is', () => {
  const variables = { ...TOKEN, SKEIN_REMOTE: 'https://variable.example' };

  test('none where nothing names one', () => {
    expect(settings({})).toEqual({ kind: 'off', warnings: [] });
  });

  test('a flag wins over a variable, and that over the configuration', () => {
    const asked = { remote: 'https://flag.example' };
    const urlOf = (given: Given) => settings({ config: CONFIG, ...given });
    expect(urlOf({})).toMatchObject({ address: { url: 'https://config.example' } });
    expect(urlOf({ variables })).toMatchObject({ address: { url: 'https://variable.example' } });
    expect(urlOf({ variables, asked })).toMatchObject({ address: { url: 'https://flag.example' } });
  });

  test('off by flag or by variable', () => {
    expect(settings({ variables, asked: { remote: 'off' } })).toMatchObject({ kind: 'off' });
    const off = { ...TOKEN, SKEIN_REMOTE: 'off' };
    expect(settings({ variables: off, config: CONFIG })).toMatchObject({ kind: 'off' });
  });

  test('an empty variable is none', () => {
    const empty = { ...TOKEN, SKEIN_REMOTE: '', SKEIN_REMOTE_MODE: ' ' };
    expect(settings({ variables: empty, config: CONFIG })).toMatchObject({
      kind: 'on',
      mode: 'read-write',
    });
  });

  test.each([
    [{ asked: { remote: 'ftp://x' } }, '"--remote"'],
    [{ variables: { ...TOKEN, SKEIN_REMOTE: 'cache' } }, 'the variable SKEIN_REMOTE'],
  ])('an address that is none fails, and says by whom: %j', (given, by) => {
    const failure = settings(given);
    expect(failure).toMatchObject({ code: 'usage', kind: 'usage' });
    expect(failure).toMatchObject({ facts: expect.arrayContaining([['by', by]]) as unknown });
  });
});

describe('what is done with it', () => {
  const config: RemoteConfig = { ...CONFIG, mode: 'write' };

  test('a flag wins over a variable, and that over the configuration', () => {
    const variables = { ...TOKEN, SKEIN_REMOTE_MODE: 'read' };
    expect(settings({ config: CONFIG })).toMatchObject({
      mode: 'read-write',
      modeAskedBy: undefined,
    });
    expect(settings({ config })).toMatchObject({ mode: 'write' });
    expect(settings({ config, variables })).toMatchObject({
      mode: 'read',
      modeAskedBy: 'the variable SKEIN_REMOTE_MODE',
    });
    const asked = { remoteMode: 'read-write' } as const;
    expect(settings({ config, variables, asked })).toMatchObject({ mode: 'read-write' });
    expect(settings({ config, asked: { remoteMode: 'off' } })).toMatchObject({ kind: 'off' });
  });

  test('a mode that is none fails', () => {
    const variables = { ...TOKEN, SKEIN_REMOTE_MODE: 'all' };
    expect(settings({ config, variables })).toMatchObject({ code: 'usage' });
  });

  test('a run that leaves no traces reads only, and keeps nothing of it', () => {
    const read = { mode: 'read', passing: true };
    expect(settings({ config: CONFIG, readOnly: true })).toMatchObject(read);
    expect(settings({ config, readOnly: true })).toEqual({ kind: 'off', warnings: [] });
  });
});

describe('the token', () => {
  test('without one there is no remote, which one line says', () => {
    const said = (variables: Readonly<Record<string, string>>) => {
      const found = settings({ config: CONFIG, variables });
      return 'warnings' in found ? found.warnings : [];
    };
    expect(said({})).toMatchObject([{ code: 'remote-off', kind: 'warning', facts: [] }]);
    expect(said({ CI: 'true' })[0]?.headline).toContain('this job has no SKEIN_REMOTE_TOKEN');
    expect(settings({ config: CONFIG, variables: {} })).toMatchObject({ kind: 'off' });
  });

  test('a bucket needs none, and is given none', () => {
    const config = { url: 's3://bucket/x', trust: [] };
    expect(settings({ config, variables: {} })).toMatchObject({ kind: 'on', token: undefined });
    expect(settings({ config })).toMatchObject({ kind: 'on', token: undefined });
  });

  test('over plain http to another machine it is warned of, and told to nobody else', () => {
    const found = settings({ config: { url: 'http://cache.lan', trust: [] } });
    expect(found).toMatchObject({ warnings: [{ code: 'remote-plain-http' }] });
    expect(JSON.stringify('warnings' in found ? found.warnings : [])).not.toContain('skein_1_2');
  });

  test('one that no header can hold is refused, and not told', () => {
    const found = settings({ config: CONFIG, variables: { SKEIN_REMOTE_TOKEN: 'a\nb' } });
    expect(found).toMatchObject({ kind: 'off', warnings: [{ code: 'remote-off', facts: [] }] });
  });
});

test("the writer's key is one in the variable, else a file", () => {
  const pem = '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----';
  const keyOf = (variables: Readonly<Record<string, string>>, key?: string) =>
    settings({ config: { ...CONFIG, ...(key && { key }) }, variables: { ...TOKEN, ...variables } });
  expect(keyOf({ SKEIN_REMOTE_KEY: pem })).toMatchObject({ key: { kind: 'pem' } });
  const file = { kind: 'file', path: 'a.pem', from: 'cwd' };
  expect(keyOf({ SKEIN_REMOTE_KEY: 'a.pem' }, 'b.pem')).toMatchObject({ key: file });
  expect(keyOf({}, 'b.pem')).toMatchObject({ key: { path: 'b.pem', from: 'root' } });
  expect(keyOf({})).toMatchObject({ key: undefined });
});
