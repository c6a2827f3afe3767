import { afterEach, beforeEach, expect, test } from 'vitest';
import { localServer, type LocalServer } from '../../test/local-server.ts';
import { realWorkspace, type RealWorkspace, type Variables } from '../../test/real-workspace.ts';

const MAIN = `
import { environment, File, map } from 'skein';

const env = environment({ name: 'cache', cache: 'auto' });

export const note = env.task(async (text: string) =>
  File.from(new TextEncoder().encode(text.repeat(1_000)), { name: 'note.txt' }),
);

export const measure = env.task(async (source: File) => (await source.text()).length);

export const main = env.task(async (count: number) => {
  const sizes = await map(async (n: number) => await measure(await note('n' + n)), [1, 2, count]);
  return { sizes, last: await note('last ' + count) };
});
`;

/** Real workers are started, by as many programs at once as the machine runs tests. */
const SLOW = { timeout: 120_000 };

let server: LocalServer;
const made: RealWorkspace[] = [];

beforeEach(async () => {
  server = await localServer();
});

afterEach(async () => {
  for (const workspace of made.splice(0)) workspace.remove();
  await server[Symbol.asyncDispose]();
});

function clone(): RealWorkspace {
  const workspace = realWorkspace({ 'src/main.ts': MAIN, 'package-lock.json': '{}' });
  made.push(workspace);
  return workspace;
}

async function run(workspace: RealWorkspace, variables: Variables, flags = '') {
  const line = `run src/main.ts --count 3 --json ${flags}`.trim();
  const { code, out, err } = await workspace.skein(line, '.', variables);
  expect([code, code === 0 ? '' : err]).toEqual([0, '']);
  return JSON.parse(out) as {
    readonly result: { readonly sizes: readonly number[] };
    readonly actions: { readonly executed: number; readonly reused: number };
    readonly remote?: Readonly<Record<string, unknown>>;
  };
}

test('P2: what one state executed, another does not', SLOW, async () => {
  const variables = await server.client('trusted');
  const [a, b] = [clone(), clone()];
  const first = await run(a, variables);
  expect(first).toMatchObject({ actions: { executed: 8 }, remote: { pushed: 8, left: 0 } });
  const second = await run(b, variables);
  expect(second).toMatchObject({
    actions: { executed: 0 },
    remote: { url: variables['SKEIN_REMOTE'] },
  });
  expect(second.result.sizes).toEqual(first.result.sizes);
  const third = await run(b, variables);
  // Nothing is looked up: whom not to believe any more is all that is asked.
  expect(third).toMatchObject({ actions: { executed: 0 }, remote: { asked: 0, requests: 1 } });
  const why = await b.skein('why last main', '.', variables);
  expect(why).toMatchObject({ code: 0 });
});

test('a run that leaves no traces shares nothing, and a plan keeps nothing', SLOW, async () => {
  const variables = await server.client('trusted');
  const [a, b] = [clone(), clone()];
  await run(a, variables, '--read-only');
  const { out } = await a.skein('cache stats --json', '.', variables);
  expect(JSON.parse(out)).toMatchObject({ total: { count: 0 } });
  await run(a, variables);
  const plan = await b.skein('plan src/main.ts --count 3 --json', '.', variables);
  const { tasks } = JSON.parse(plan.out) as { readonly tasks: readonly { execute: number }[] };
  expect(tasks.map(({ execute }) => execute)).toEqual([0, 0, 0]);
  expect(await run(b, {})).toMatchObject({ actions: { executed: 8 } });
});

test('push, ls, inspect, pull, verify, revoke: a result and its way', SLOW, async () => {
  const variables = await server.client('trusted');
  const [a, b] = [clone(), clone()];
  await run(a, {});
  const pushed = await a.skein('cache push --json', '.', variables);
  expect(pushed).toMatchObject({ code: 0 });
  expect(JSON.parse(pushed.out)).toMatchObject({ results: 8, pushed: 8, stay: [] });
  const again = await a.skein('cache push last --json', '.', variables);
  expect(JSON.parse(again.out)).toMatchObject({ pushed: 0, refused: 0, left: 0 });

  const listed = await a.skein('cache ls --task measure --json', '.', variables);
  const { results } = JSON.parse(listed.out) as {
    readonly results: readonly { readonly id: string; readonly writer: string }[];
  };
  expect(results).toHaveLength(3);
  const inspected = await a.skein(`cache inspect ${results[0]?.id}`, '.', variables);
  expect(inspected.out).toContain('src/main.ts#measure');

  const pulled = await b.skein('cache pull --artifacts --json', '.', variables);
  expect(JSON.parse(pulled.out)).toMatchObject({ entries: 8, learned: 8, artifacts: { gone: 0 } });
  expect(await run(b, {})).toMatchObject({ actions: { executed: 0 } });

  const sound = await a.skein(`cache verify --data ${server.data} --json`);
  expect([sound.code, JSON.parse(sound.out)]).toMatchObject([0, { ok: true, entries: 8 }]);
  const revoked = await a.skein(`cache revoke --writer ${results[0]?.writer}`, '.', variables);
  expect(revoked).toMatchObject({ code: 0 });
  const left = await a.skein('cache ls --json', '.', variables);
  expect(JSON.parse(left.out)).toMatchObject({ total: 0 });
});

test(
  'D7: a token that is refused changes neither result nor exit code of a run',
  SLOW,
  async () => {
    const variables = { ...(await server.client('trusted')), SKEIN_REMOTE_TOKEN: 'skein_0_0' };
    const workspace = clone();
    expect(await run(workspace, variables)).toMatchObject({ actions: { executed: 8 } });
    const listed = await workspace.skein('cache ls --json', '.', variables);
    expect([listed.code, JSON.parse(listed.out)]).toMatchObject([
      1,
      { error: { class: 'remote-failed' } },
    ]);
  },
);

test('push and pull say what is wrong with a remote, and never "nothing to do"', async () => {
  const [reader, writer] = [
    await server.client('trusted', 'read'),
    await server.client('dev/a', 'write'),
  ];
  const refused = { ...reader, SKEIN_REMOTE_TOKEN: 'skein_0_0' };
  const gone = { ...reader, SKEIN_REMOTE: 'http://127.0.0.1:1' };
  const workspace = clone();
  for (const [line, variables, trouble] of [
    ['cache pull', refused, 'unauthorised'],
    ['cache push', refused, 'unauthorised'],
    ['cache pull', gone, 'unreachable'],
    ['cache push', reader, 'forbidden'],
    ['cache pull', writer, 'forbidden'],
    ['cache ls --scope pr/7', reader, 'forbidden'],
  ] as const) {
    const { code, out, err } = await workspace.skein(line, '.', variables);
    expect([line, code, out]).toEqual([line, 1, '']);
    expect(err).toMatch(new RegExp(`^error\\[remote-failed\\].*\\n +trouble +${trouble}\\n`));
  }
  const pulled = await workspace.skein('cache pull', '.', reader);
  expect(pulled).toMatchObject({ code: 0, err: '' });
});

test('the doctor says whose fault it is, and no password', async () => {
  const variables = await server.client('trusted');
  const workspace = clone();
  const revoked = { ...variables, SKEIN_REMOTE_TOKEN: 'skein_0_0' };
  const { out } = await workspace.skein('doctor', '.', revoked);
  expect(out).toContain('look at SKEIN_REMOTE_TOKEN');
  const strange = { ...variables, SKEIN_REMOTE: 'http://me:secret@cache' };
  const told = await workspace.skein('doctor', '.', strange);
  expect(told.out).toContain('"http://…@cache", by the variable SKEIN_REMOTE');
  expect(told.out).not.toContain('secret');
});

test('tokens are made, listed and revoked where the data lies', async () => {
  const workspace = clone();
  const flags = `--data ${server.data}`;
  const made = await workspace.skein(
    `cache-server token create ${flags} --scope pr/7 --name seven`,
  );
  expect(made.out).toMatch(/^skein_[0-9a-f]{12}_[0-9a-f]+\n$/);
  const listed = await workspace.skein(`cache-server token ls ${flags}`);
  expect(listed.out).toMatch(/^[0-9a-f]{12} {2}seven {2}pr\/7 {2}read-write/);
  expect(listed.out).not.toContain(made.out.split('_')[2]?.trim());
  const revoked = await workspace.skein(`cache-server token revoke seven ${flags}`);
  expect([revoked.code, revoked.out]).toMatchObject([0, /is revoked/]);
  const unknown = await workspace.skein(`cache-server token revoke eight ${flags}`);
  expect([unknown.code, unknown.err]).toMatchObject([2, /token-not-found/]);
});

test.each([
  ['cache-server', '"skein cache-server" needs --data'],
  ['cache-server token create --data x', '"skein cache-server token create" needs --scope'],
  ['cache-server --data x --listen here', 'an address to listen on is expected'],
  ['cache-server --data x --max-size 5', 'the value of "--max-size" does not fit'],
  ['cache ls', 'there is no remote here'],
  ['cache gc --data x', 'needs "--older-than" or "--max-size"'],
  ['cache ls --data x --remote http://y', 'takes "--remote" or "--data", not both'],
  ['cache ls --data typo', 'the storage of a shared cache cannot be opened'],
  ['cache-server token ls --data typo', 'the storage of a shared cache cannot be opened'],
  ['cache revoke --data x', '"skein cache revoke" needs --writer'],
  ['cache inspect abc --data x', '"skein cache inspect" needs 8 digits or more'],
])('skein %s is exit 2', async (line, headline) => {
  const { code, err } = await clone().skein(line.replace(/--data x/, `--data ${server.data}`));
  expect(code).toBe(2);
  expect(err).toContain(headline);
});
