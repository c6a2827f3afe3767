import { cp, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { ContainerLane, resultOf, type ContainerVictim } from './crash/container-lane.ts';
import { Draw } from './crash/draw.ts';
import { answerOf, runTask } from './support/answer.ts';
import { checkCode, skein, startSkein } from './support/command.ts';
import { useMachine } from './support/containers.ts';
import { familyOf } from './support/processes.ts';
import { useSandbox } from './support/suite.ts';

const pipeline = 'e2e/pipelines/containers-kill.ts';
const SEED = 20_261_124;
const KILLS = 50;
/** Each with a state of its own. */
const LANES = 3;

const sandbox = useSandbox({ folders: ['e2e/pipelines'] });
const machine = useMachine('containers-kill');
/** How long a command lives that nobody kills. */
let lifeMs = 0;

beforeAll(async () => {
  await machine.push('first:1', 1);
  const text = `export const FIRST = '${machine.registry}/skein/first:1';\n`;
  await writeFile(
    join(sandbox.root, 'e2e/pipelines/images.ts'),
    `${text}export const SECOND = '';\n`,
  );
  const config = { container: { insecureRegistries: [machine.registry] } };
  const source = `export default ${JSON.stringify(config)};\n`;
  await writeFile(join(sandbox.root, 'skein.config.ts'), source);
  // The code is analysed, the image locked and there: what is left of a run is its actions.
  const variables = { ...machine.environment, SKEIN_STATE: state('analysed') };
  await runTask(sandbox, [pipeline, 'spread', '--count', '1'], { variables });
  await cp(state('analysed'), state('timed'), { recursive: true });
  const timed = { ...variables, SKEIN_STATE: state('timed') };
  const began = performance.now();
  const { result } = await runTask(sandbox, [pipeline, '--edition', '1'], { variables: timed });
  lifeMs = performance.now() - began;
  if (result !== resultOf(1)) throw new Error(`${String(result)} instead of ${resultOf(1)}`);
});

function state(name: string): string {
  return join(sandbox.folder, name);
}

async function openLane(name: string, edition: number): Promise<ContainerLane> {
  await cp(state('analysed'), state(name), { recursive: true });
  return new ContainerLane(
    {
      sandbox,
      state: state(name),
      variables: machine.environment,
      containersLeft: async () => await machine.left(state(name)),
    },
    edition,
  );
}

test('P3 X5: killed at random instants: nothing is left, nothing is lost', async (context) => {
  const draw = new Draw(SEED);
  const counts = { rounds: 0, kills: 0, swept: 0 };
  const work = async (lane: ContainerLane): Promise<void> => {
    while (counts.kills < KILLS) {
      counts.rounds += 1;
      const afterMs = draw.next() * lifeMs;
      const command = draw.chance(0.5) ? 'run' : 'resume';
      const struck = await lane.strike({ afterMs, command, victim: drawVictim(draw) });
      if (struck.isKilled) counts.kills += 1;
      // How long they live depends on what else the machine does.
      else lifeMs = struck.lifeMs;
      if (struck.left === 0) continue;
      counts.swept += 1;
      // Any command removes them, of whichever state: the other lane may have been quicker.
      await lane.recover('resume');
    }
    await lane.recover('resume');
  };
  const lanes = await Promise.all(
    Array.from(
      { length: LANES },
      async (_, index) => await openLane(`lane-${index}`, 1_000 * index),
    ),
  );
  await Promise.all(lanes.map(work));
  expect(lanes.flatMap(({ problems }) => problems).join('\n\n')).toBe('');
  await context.annotate(`${JSON.stringify(counts)}, ${Math.round(lifeMs)} ms undisturbed`);
});

/** Whoever would clean up is killed too, now and then, as when the power goes. */
function drawVictim(draw: Draw): ContainerVictim {
  return draw.chance(0.15) ? 'family' : 'coordinator';
}

test('X5: what a power cut leaves the next command removes, and says so', async () => {
  await cp(state('analysed'), state('cut'), { recursive: true });
  const request = { variables: { ...machine.environment, SKEIN_STATE: state('cut') } };
  const args = ['run', pipeline, '--edition', '5', '--json'];
  const started = startSkein(sandbox, args, request);
  await vi.waitFor(async () => expect(await machine.left(state('cut'))).not.toEqual([]), {
    timeout: 60_000,
    interval: 10,
  });
  // Whoever would clean up is among them.
  for (const { pid } of familyOf(started.pid)) process.kill(pid, 'SIGKILL');
  await started.ended;
  const next = await skein(sandbox, args, request);
  checkCode(next, 0);
  expect(answerOf(next).result).toBe(resultOf(5));
  expect(next.stderr).toMatch(/removed (?:a container|\d+ containers)/);
  expect(await machine.left(state('cut'))).toEqual([]);
});

test('X2: two hundred actions run in no more containers than there are processors', async () => {
  const variables = { ...machine.environment, SKEIN_STATE: state('analysed') };
  const args = ['run', pipeline, 'spread', '--count', '200', '--json'];
  const ended = await skein(sandbox, args, { variables });
  checkCode(ended, 0);
  const { result } = JSON.parse(ended.stdout) as { result: number };
  expect(result).toBeGreaterThanOrEqual(1);
  expect(result).toBeLessThanOrEqual(availableParallelism());
  expect(await machine.left(state('analysed'))).toEqual([]);
});
