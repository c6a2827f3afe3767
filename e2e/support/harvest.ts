import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type TestContext } from 'vitest';
import { answerOf, runTask, type Answer } from './answer.ts';
import { CacheServer } from './cache-server.ts';
import { checkCode, skein } from './command.ts';
import type { Sandbox } from './sandbox.ts';

const pipeline = 'e2e/pipelines/harvest.ts';

/** Bound on one answer, and what the end of a run waits for uploads, as the configuration says. */
const TIMEOUT_MS = 1_000;
const PATIENCE_MS = 3_000;
/** After so many failures the remote is off. */
const FAILURES = 3;
/** Look-ups are given up when they were waited for so much longer than what they saved. */
const LOOK_UPS_MS = 15_000;
/** What a remote may add to a run, as `docs/BENCHMARKS.md` states it. */
const ADDED_MS = LOOK_UPS_MS + FAILURES * TIMEOUT_MS + PATIENCE_MS;
/** For the run itself, on a machine that does other things too. */
const RUN_MS = 60_000;

/** A pipeline of some size, and a remote that knows its first edition. */
export class Harvest {
  readonly sandbox: Sandbox;
  readonly actions: number;
  token = '';
  /** The run of the second edition without a remote, and how long it took. */
  alone: Answer | undefined;
  aloneMs = 0;
  readonly #fields: string;

  constructor(sandbox: Sandbox, fields: number) {
    this.sandbox = sandbox;
    this.actions = fields * 100;
    this.#fields = String(fields);
  }

  /** Data of a server that knows the first edition. */
  get known(): string {
    return join(this.sandbox.folder, `known-${this.#fields}`);
  }

  async prepare(): Promise<void> {
    const help = ['run', ...this.args(1), '--help'];
    const analysed = { SKEIN_STATE: this.state('analysed') };
    checkCode(await skein(this.sandbox, help, { variables: analysed }), 0);
    await using server = await CacheServer.start(this.sandbox, { data: this.known });
    this.token = await server.token('trusted');
    const first = this.state('first');
    await runAll(this, 1, { ...server.client(this.token), SKEIN_STATE: first });
    await server.stop();
    const started = performance.now();
    this.alone = await runAll(this, 2, { SKEIN_STATE: this.state('alone') });
    this.aloneMs = performance.now() - started;
  }

  /** A server of its own for a test, which knows the first edition. */
  async startKnowing(folder = join(this.sandbox.folder, 'data')): Promise<CacheServer> {
    await rm(folder, { recursive: true, force: true });
    await cp(this.known, folder, { recursive: true });
    return await CacheServer.start(this.sandbox, { data: folder });
  }

  args(edition: number): readonly string[] {
    return [pipeline, '--edition', String(edition), '--fields', this.#fields];
  }

  state(name: string): string {
    return join(this.sandbox.folder, `${name}-${this.#fields}`);
  }
}

/** The second edition, by way of an address, on a state that knows the code and nothing else. */
export async function checkHarvest(
  harvest: Harvest,
  address: string,
  context?: TestContext,
): Promise<Answer> {
  const { sandbox } = harvest;
  const remote = { url: address, timeout: `${TIMEOUT_MS}ms`, patience: `${PATIENCE_MS}ms` };
  const config = `export default ${JSON.stringify({ remote })};\n`;
  await writeFile(join(sandbox.root, 'skein.config.ts'), config);
  const state = harvest.state('state');
  await rm(state, { recursive: true, force: true });
  await cp(harvest.state('analysed'), state, { recursive: true });
  const started = performance.now();
  const ended = await skein(sandbox, ['run', ...harvest.args(2), '--json'], {
    variables: { SKEIN_STATE: state, SKEIN_REMOTE_TOKEN: harvest.token },
    limitMs: RUN_MS + ADDED_MS,
  });
  const tookMs = performance.now() - started;
  checkCode(ended, 0);
  const answer = answerOf(ended);
  expect(answer).toMatchObject({ status: 'succeeded', error: null });
  expect(answer.result).toEqual(harvest.alone?.result);
  const { total, executed, reused } = answer.actions;
  expect(answer.actions).toEqual({ total, executed, reused, failed: 0, adopted: 0 });
  // What is beneath a reused caller is not listed (X8).
  expect(total).toBeLessThanOrEqual(harvest.actions);
  expect(executed).toBeLessThanOrEqual(harvest.actions);
  expect(ended.stderr.match(/^warning\b.*/gm)?.slice(1) ?? []).toEqual([]);
  const added = Math.round(tookMs - harvest.aloneMs);
  await context?.annotate(`${executed} executed, ${added} ms more than without a remote`);
  return answer;
}

/** What the remote was told meanwhile is no wrong result for anybody. */
export async function checkUnspoilt(harvest: Harvest, server: CacheServer): Promise<void> {
  const { actions } = await checkHarvest(harvest, server.address);
  expect(actions.executed).toBeLessThan(harvest.actions);
}

/** Everything executes. */
async function runAll(
  harvest: Harvest,
  edition: number,
  variables: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { sandbox, actions } = harvest;
  const answer = await runTask(sandbox, harvest.args(edition), { variables });
  expect(answer.actions).toMatchObject({ total: actions, executed: actions });
  return answer;
}
