import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { Lab, apply, type Answered, type LabTools } from '../corpus/lab.ts';
import type { Mutation } from '../corpus/mutation.ts';
import type { Observed } from '../corpus/observed.ts';
import { nameOf, table } from '../corpus/table.ts';

interface Why {
  readonly groups: readonly WhyGroup[];
}

interface WhyGroup {
  readonly task: string;
  readonly reason: { readonly sentence: string };
}

const [folder = '', skein = '', part = '0', parts = '1'] = process.argv.slice(2);
const command = await import(pathToFileURL(join(skein, 'dist', 'command.js')).href);
const lab = new Lab({ ...(command as Omit<LabTools, 'skein'>), skein }, folder);

const base = lab.create(`base-${part}`);
must(await lab.run(base, {}), 0);

let number = 0;
for (const [group, mutations] of Object.entries(table)) {
  for (const mutation of mutations) {
    number += 1;
    if (number % Number(parts) !== Number(part)) continue;
    const root = await prepare(mutation, `${number}`);
    apply(root, mutation.change);
    process.stdout.write(
      `${JSON.stringify(await observe(nameOf(group, mutation), mutation, root))}\n`,
    );
    lab.remove(root);
  }
}

/** A workspace that has run before the change. */
async function prepare({ change: { before } }: Mutation, name: string): Promise<string> {
  if (before === undefined) return lab.copy(base, name);
  const root = lab.create(name, before);
  must(await lab.run(root, before), 0);
  return root;
}

async function observe(name: string, { change }: Mutation, root: string): Promise<Observed> {
  const ran = await lab.run(root, change);
  if (ran.code !== 0) {
    return { name, code: ran.code, reasons: {}, sound: true, message: ran.stderr };
  }
  const why = JSON.parse(must(await lab.command(root, ['why', 'last', '--json']), 0).stdout) as Why;
  const reasons: Record<string, string[]> = {};
  for (const { task, reason } of why.groups) {
    (reasons[task.slice(task.indexOf('#') + 1)] ??= []).push(reason.sentence);
  }
  const again = must(await lab.run(root, change, ['--force']), 0);
  const sound = resultOf(again) === resultOf(ran);
  return { name, code: 0, reasons, sound, message: '' };
}

/** Without what the author vouches for: there an old result is what he asked for (Q4). */
function resultOf({ stdout }: Answered): string {
  const { result } = JSON.parse(stdout) as { readonly result: Readonly<Record<string, unknown>> };
  return JSON.stringify({ ...result, pinned: 'vouched for' });
}

function must(answered: Answered, code: number): Answered {
  if (answered.code === code) return answered;
  throw new Error(`exit ${answered.code}\n${answered.stdout}\n${answered.stderr}`);
}
