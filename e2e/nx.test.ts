import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runTask, showRun, type Call } from './support/answer.ts';
import { checkCode, skein, start, withoutColours, type Ended } from './support/command.ts';
import { entry, type Report } from './support/pipeline.ts';
import { repository } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';

describe('npx nx run pipeline:execute', () => {
  const sandbox = useSandbox({ folders: [] });
  let variables: Readonly<Record<string, string>>;
  let first: Ended;
  let second: Ended;

  beforeAll(async () => {
    variables = {
      SKEIN_STATE: join(sandbox.folder, 'state'),
      NX_DAEMON: 'false',
      NX_WORKSPACE_DATA_DIRECTORY: join(sandbox.folder, 'nx'),
      NX_CACHE_DIRECTORY: join(sandbox.folder, 'nx-cache'),
    };
    first = await runNx();
    second = await runNx();
  });

  async function runNx(): Promise<Ended> {
    const command = ['npx', '--no-install', 'nx', 'run', 'pipeline:execute'];
    return withoutColours(await start(sandbox, command, { cwd: repository, variables }).ended);
  }

  /** `actions  16,339: 16,122 executed, 217 reused`. */
  function executedBy({ stdout, stderr }: Ended): number {
    const found = /actions +[\d,]+: ([\d,]+) executed/.exec(stdout + stderr)?.[1];
    return Number(found?.replaceAll(',', ''));
  }

  function runOf({ stdout, stderr }: Ended): string {
    const run = /skein show (\d{8}-\d{6}-[0-9a-f]{6})/.exec(stdout + stderr)?.[1];
    return run ?? 'none that Nx told of';
  }

  test('executes more than ten thousand actions, and tells the accuracy', () => {
    checkCode(first, 0);
    expect(executedBy(first)).toBeGreaterThanOrEqual(10_000);
    expect(first.stdout + first.stderr).toMatch(/accuracy \d\d\.\d\d % on [\d,]+ held-out/);
    expect(first.stdout).toContain('Successfully ran target execute for project pipeline');
  });

  test('executes nothing the second time, to the same result', async () => {
    checkCode(second, 0);
    expect(executedBy(second)).toBe(0);
    const runs = await Promise.all(
      [first, second].map(async (ended) => {
        // Of so many actions a run is shown in short.
        const args = ['show', runOf(ended), '--action', '1', '--json'];
        const shown = await skein(sandbox, args, { cwd: repository, variables });
        return (JSON.parse(shown.stdout) as Call).outcome?.digest;
      }),
    );
    expect(runs[0]).toMatch(/^[\w:-]{32,}/);
    expect(runs[1]).toBe(runs[0]);
  });

  test('is the engine of the command: "skein run" right after it executes nothing', async () => {
    const request = { cwd: repository, variables };
    const { actions, result, run } = await runTask(sandbox, [entry], request);
    expect(actions.executed).toBe(0);
    const accuracy = ((result as Report).accuracy * 100).toFixed(2);
    expect(first.stdout + first.stderr).toContain(`accuracy ${accuracy} %`);
    const [own] = (await showRun(sandbox, run ?? '', request)).calls;
    const [theirs] = (await showRun(sandbox, runOf(second), request)).calls;
    expect(own?.outcome?.digest).toBe(theirs?.outcome?.digest);
    expect(own?.key).toBe(theirs?.key);
  });
});
