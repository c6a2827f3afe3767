import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findEngine, whatItSaid } from './engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-engine-'));
const PATH = `${folder}:/usr/bin:/bin`;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that answers as an engine does. */
function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const version = (said: string): string => `[ "$1" = --version ] && echo '${said}' && exit 0`;

test('an engine that nobody has is a failure that says what to do', async () => {
  const found = await findEngine({ environment: { PATH: join(folder, 'nowhere') } });
  expect(found).toEqual({
    ok: false,
    failure: {
      code: 'container-engine',
      kind: 'environment',
      headline: 'no container engine answers',
      facts: [
        ['looked for', 'podman, docker'],
        ['podman', 'is not on the PATH'],
        ['docker', 'is not on the PATH'],
      ],
      hint: 'install podman or start Docker, or run without containers: --executor pool',
    },
  });
});

test('one that is there and does not answer is told with its own words', async () => {
  const said = 'Cannot connect to the daemon';
  const wanted = program('sleeping', `${version('Docker version 1')}\necho ${said} >&2\nexit 1`);
  const found = await findEngine({ wanted, environment: { PATH } });
  expect(found.ok ? [] : found.failure.facts).toEqual([
    ['looked for', wanted],
    [wanted, said],
  ]);
});

test('one that hangs is none, and is not waited for', async () => {
  const hangs = program('hangs', 'exec sleep 1000');
  const halfway = program('halfway', `${version('podman version 4')}\nexec sleep 1000`);
  for (const wanted of [hangs, halfway]) {
    const found = await findEngine({ wanted, environment: { PATH }, limitMs: 100 });
    const [, said] = found.ok ? [] : found.failure.facts;
    expect(said).toEqual([wanted, 'it does not answer: nothing for 0.1 s']);
  }
});

test('what says that it is another program is none', async () => {
  const wanted = program('other', version('GNU bash, version 5'));
  const found = await findEngine({ wanted, environment: { PATH } });
  expect(found.ok ? [] : found.failure.facts[1]).toEqual([
    wanted,
    'it is neither podman nor Docker',
  ]);
});

test('podman under the name of Docker is podman', async () => {
  const info = {
    host: {
      cgroupVersion: 'v2',
      cgroupControllers: ['memory', 'pids'],
      security: { rootless: true },
    },
    version: { Version: '5.0.0' },
  };
  const wanted = program(
    'docker-of-podman',
    `${version('podman version 5.0.0')}\necho '${JSON.stringify(info)}'`,
  );
  const found = await findEngine({ wanted, environment: { PATH } });
  expect(found).toMatchObject({
    ok: true,
    value: {
      kind: 'podman',
      version: '5.0.0',
      rootless: true,
      cgroupVersion: 2,
      limits: { memory: true, cpu: false, pids: true },
    },
  });
});

test('a call gives its lines as they come, and is ended by its signal', async () => {
  const info = JSON.stringify({ ServerVersion: '28', CgroupVersion: '1' });
  const wanted = program(
    'talking',
    `${version('Docker version 28')}
     [ "$1" = info ] && echo '${info}' && exit 0
     [ "$1" = talk ] && { printf 'a\\rb\\nc'; cat; printf 'd' >&2; exit 3; }
     exec sleep 1000`,
  );
  const found = await findEngine({ wanted, environment: { PATH } });
  if (!found.ok) throw new Error('not found');
  const lines: string[] = [];
  const onLine = (line: string, stream: string): number => lines.push(`${stream} ${line}`);
  const outcome = await found.value.run(['talk'], { onLine, input: '!\n' });
  expect(outcome).toEqual({ code: 3, stdout: 'a\rb\nc!\n', stderr: 'd' });
  expect(lines.toSorted()).toEqual(['stderr d', 'stdout a', 'stdout b', 'stdout c!']);
  const end = new AbortController();
  const waiting = found.value.run(['wait'], { signal: end.signal });
  end.abort();
  const ended = await waiting;
  expect(ended.code).toBe(null);
  expect(whatItSaid(ended)).not.toBe('');
});
