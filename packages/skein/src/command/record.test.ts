import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealWorkspace, realWorkspace } from '../../test/real-workspace.ts';

const MAIN = `
import { environment } from 'skein';
const env = environment({ name: 'record', isolation: 'inline' });
const half = env.task(async (n: number) => {
  console.log('half of', n);
  if (n % 2 === 1) throw new RangeError('odd: ' + n);
  return n / 2;
});
export const main = env.task(async (n: number) => {
  console.error('from', n);
  return [await half(n), await half(n + 2)];
});
`;

/** Analysis of a pipeline takes seconds on a machine that does much else. */
const SLOW_MS = 60_000;

let workspace: RealWorkspace;

beforeAll(async () => {
  workspace = realWorkspace({ 'src/main.ts': MAIN });
  await workspace.skein('run src/main.ts --n 4 --label team=a --label nightly=yes');
  await workspace.skein('run src/main.ts --n 5 --label team=a');
}, SLOW_MS);

afterAll(() => workspace.remove());

async function objectOf(line: string): Promise<Readonly<Record<string, unknown>>> {
  const { code, out } = await workspace.skein(line);
  expect(code).toBe(0);
  return JSON.parse(out) as Readonly<Record<string, unknown>>;
}

async function statuses(flags: string): Promise<readonly unknown[]> {
  const { runs } = await objectOf(`runs --json ${flags}`.trim());
  return (runs as readonly { readonly status: string }[]).map(({ status }) => status);
}

test('PARITY 7: a run and one action are shown as text and as JSON', async () => {
  const { out } = await workspace.skein('show last');
  expect(out).toMatch(/^run RUN failed\n {2}task +src\/main\.ts#main\n {2}started .* by test\n/);
  expect(out).toContain('labels    team=a');
  expect(out).toContain('✗ RangeError: odd: 5');
  expect(out).toContain('| half of 5');
  const shown = await objectOf('show last --json');
  expect(shown).toMatchObject({
    status: 'failed',
    initiator: 'test',
    detail: 'whole',
    origin: null,
  });
  const action = await objectOf('show last --action 2 --json');
  expect(action).toMatchObject({
    action: 2,
    parent: 1,
    task: 'src/main.ts#half',
    inputs: [{ value: 5 }],
    outcome: { kind: 'error', error: { class: 'RangeError', message: 'odd: 5' } },
  });
});

test('an action that a run does not have is told with those that it has', async () => {
  const { code, err } = await workspace.skein('show last --action 9');
  expect([code, err]).toEqual([
    2,
    'error[flag-value]: the run has no action 9\n  given    "--action 9"\n  actions  1 to 2\n' +
      '  hint: see "skein show --help"\n',
  ]);
});

test('PARITY 8: runs are chosen by status, task, labels, time and initiator', async () => {
  expect(await statuses('')).toEqual(['failed', 'succeeded']);
  expect(await statuses('--status failed')).toEqual(['failed']);
  expect(await statuses('--label team=a')).toEqual(['failed', 'succeeded']);
  expect(await statuses('--label team=a --label nightly=yes')).toEqual(['succeeded']);
  expect(await statuses('--initiator nx')).toEqual([]);
  expect(await statuses('--initiator test --limit 1')).toEqual(['failed']);
  expect(await statuses('--since 1h')).toEqual(['failed', 'succeeded']);
  expect(await statuses('--until 1h')).toEqual([]);
  expect(await statuses('--until 2999-01-01')).toEqual(['failed', 'succeeded']);
  expect(await statuses('--since 2999-01-01T10:00+01:00')).toEqual([]);
  expect(await statuses('--origin 2026')).toEqual([]);
});

test('a time that is none is refused with what is wanted', async () => {
  const { code, err } = await workspace.skein('runs --since yesterday');
  expect(code).toBe(2);
  expect(err).toContain('the value of "--since" does not fit');
  expect(err).toContain('"yesterday"');
});

test('PARITY 7: what actions printed is printed with their task, and can be chosen', async () => {
  const { out } = await workspace.skein('logs');
  const lines = out.trim().split('\n');
  expect(lines.map((line) => line.replace(/^ *\d+\.\d{3} s/, 'TIME'))).toEqual([
    'TIME  1 main  ! from 5',
    'TIME  2 half  | half of 5',
  ]);
  const half = await workspace.skein('logs last --task half');
  expect(half.out.trim().split('\n')).toHaveLength(1);
  const stderr = await objectOf('logs last --stream stderr --json');
  expect(stderr).toMatchObject({
    status: 'failed',
    lines: [{ action: 1, task: 'src/main.ts#main', stream: 'stderr', text: 'from 5\n' }],
  });
});

test('logs of a run that ended are followed to its end, an object a line', async () => {
  const { code, out } = await workspace.skein('logs last --follow --json --action 2');
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(code).toBe(0);
  expect(lines).toMatchObject([{ text: 'half of 5\n' }, { run: 'RUN', status: 'failed' }]);
});

const WAITING = `
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { environment } from 'skein';
const env = environment({ name: 'record', isolation: 'inline' });
export const main = env.task(async (go: string) => {
  console.log('first');
  while (!existsSync(go)) await setTimeout(5);
  console.log('second');
});
`;

test(
  'PARITY 7: a run that goes on is followed until it ends',
  async () => {
    const living = realWorkspace({ 'src/main.ts': WAITING });
    try {
      const running = living.skein(`run src/main.ts --go ${living.root}/go`);
      while (!(await living.skein('logs last')).out.includes('first')) await setImmediate();
      const followed = living.skein('logs last --follow');
      living.write('go', '');
      const { code, out, err } = await followed;
      expect(code).toBe(0);
      expect(out.match(/first|second/g)).toEqual(['first', 'second']);
      expect(err).toBe('run RUN succeeded\n');
      expect((await running).code).toBe(0);
    } finally {
      living.remove();
    }
  },
  SLOW_MS,
);
