import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Lab, apply, type Answered, type LabTools } from '../corpus/lab.ts';
import type { Change } from '../corpus/mutation.ts';
import { nameOf, table } from '../corpus/table.ts';
import type { Step } from '../corpus/step.ts';

/*
 * One change after the other on one workspace, drawn by chance from the table, and after each two
 * runs: with what is known, and with an empty state. Prints a line of JSON for each step.
 *   node e2e/programs/walk.ts <folder> <package skein> <seed> <steps>
 */
const [folder = '', skein = '', seed = '1', steps = '20'] = process.argv.slice(2);
const command = await import(pathToFileURL(join(skein, 'dist', 'command.js')).href);
const lab = new Lab({ ...(command as Omit<LabTools, 'skein'>), skein }, folder);

const changes = Object.entries(table).flatMap(([group, mutations]) =>
  mutations
    .filter(({ change, executes }) => executes !== 'rejected' && change.flags === undefined)
    .map((mutation) => ({ name: nameOf(group, mutation), change: mutation.change })),
);
const draw = randomBelow(Number(seed));
const root = lab.create(`walk-${seed}`);
let variables: Readonly<Record<string, string>> = {};
await run(join(folder, `state-${seed}`));

for (let done = 0; done < Number(steps);) {
  const drawn = changes[draw(changes.length)];
  if (drawn === undefined || !applies(drawn.change)) continue;
  variables = drawn.change.variables ?? variables;
  done += 1;
  const known = await run(join(folder, `state-${seed}`));
  const empty = join(folder, `empty-${seed}`);
  const fresh = await run(empty);
  lab.remove(empty);
  const again = await run(join(folder, `state-${seed}`));
  const step: Step = {
    name: drawn.name,
    sound: known.result === fresh.result && known.code === fresh.code,
    executed: known.executed,
    again: again.executed,
  };
  process.stdout.write(`${JSON.stringify(step)}\n`);
}

/** False where the change does not fit what earlier ones made of the workspace. */
function applies(change: Change): boolean {
  if (change.before !== undefined) return false;
  try {
    apply(root, change);
    return true;
  } catch {
    return false;
  }
}

/** A run that fails after a change is a result, too: it must fail in both states. */
async function run(state: string) {
  const answered = await lab.run(root, { variables: { ...variables, SKEIN_STATE: state } });
  const { code } = answered;
  return { code, ...(code === 0 ? resultOf(answered) : { result: '', executed: 0 }) };
}

function resultOf({ stdout }: Answered) {
  const { result, actions } = JSON.parse(stdout) as {
    readonly result: Readonly<Record<string, unknown>>;
    readonly actions: { readonly executed: number };
  };
  // What the author vouches for may be older, by his own word (Q4).
  const text = JSON.stringify({ ...result, pinned: 'vouched for' });
  return { result: text, executed: actions.executed };
}

/** Numbers that a seed determines: xorshift of 32 bits. */
function randomBelow(start: number): (limit: number) => number {
  let state = Math.imul(start, 0x9e37_79b1) | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}
