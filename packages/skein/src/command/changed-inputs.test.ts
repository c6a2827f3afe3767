import type { InputSchema } from '@skein/analysis';
import { encode } from '@skein/values';
import type { EarlierInput } from '@skein/workspace';
import { plain, renderFailures } from '@skein/view';
import { expect, test } from 'vitest';
import { fakeIo } from '../../test/fake-io.ts';
import { RUN, fakeWorkspace, task, taskId } from '../../test/fake-workspace.ts';
import * as type from '../../test/schemas.ts';
import { readChangedInputs } from './changed-inputs.ts';
import { openOutput } from './output.ts';
import { parse } from './parse.ts';
import { commandNamed } from './specs.ts';

function kept(value: unknown): EarlierInput {
  const bytes = encode(value);
  return { kind: 'kept', argument: { recorded: value }, bytes };
}

const OMITTED: EarlierInput = { kind: 'omitted' };
const GONE: EarlierInput = { kind: 'gone', what: 'file "a.txt"' };

/** The arguments of a resume whose earlier run had these inputs, or the messages. */
async function changed(
  inputs: readonly EarlierInput[] | undefined,
  args: readonly string[] = [],
  schema?: InputSchema & { readonly required?: number },
): Promise<unknown> {
  const { io } = fakeIo({ cwd: '/' });
  const command = commandNamed('resume');
  if (command === undefined) throw new Error('there is a command "resume"');
  const parsed = parse(command, args);
  if (!parsed.ok) throw new Error(parsed.failure.headline);
  const session = { io, command, output: openOutput(io), json: false, parsed: parsed.value };
  const schemas = schema === undefined ? {} : { [taskId('main')]: schema };
  const { workspace } = fakeWorkspace({ schemas });
  const recorded = {
    run: RUN,
    inputs,
    decode: () => ({ ok: true, value: { a: 1, b: 2 } }) as const,
  };
  const required = schema?.required ?? 0;
  const declared = { ...task('main', 'rows'), required };
  const of = { workspace, task: declared, recorded };
  const read = await readChangedInputs(session, of);
  return read.ok ? read.args : renderFailures(read.failures, plain);
}

const TWO = type.schemaOf({ rows: type.list(type.number), 'epochs?': type.number });

test('R1: where nothing is given the record is handed on, and no schema is read', async () => {
  expect(await changed([kept([1]), OMITTED])).toEqual([{ recorded: [1] }, undefined]);
});

test('R1: an input that the task wants since is missing until it is given', async () => {
  const both = type.schemaOf({ rows: type.list(type.number), epochs: type.number });
  const wanted = { ...both, required: 2 };
  for (const recorded of [[kept([1])], [kept([1]), OMITTED]]) {
    expect(await changed(recorded, [], wanted)).toContain('the input "epochs" is missing');
    expect(await changed(recorded, ['--epochs', '5'], wanted)).toEqual([{ recorded: [1] }, 5]);
  }
  expect(await changed([kept([1]), kept(3)], [], wanted)).toHaveLength(2);
});

test('R1: what is given takes the place of one parameter, and the others stay', async () => {
  expect(await changed([kept([1])], ['--epochs', '5'], TWO)).toEqual([{ recorded: [1] }, 5]);
  expect(await changed([kept([1]), kept(3)], ['--rows', '[7]'], TWO)).toEqual([
    [7],
    { recorded: 3 },
  ]);
});

test('R1: a rest parameter is replaced as a whole, or kept as a whole', async () => {
  const schema = type.schemaOf({ first: type.number, '...rest': type.list(type.number) });
  const inputs = [kept(1), kept(2), kept(3)];
  const rest = schema.parameters.map((one, index) => ({ ...one, rest: index === 1 }));
  const renamed = rest.map((one) => ({ ...one, name: one.name.replace('...', '') }));
  expect(await changed(inputs, ['--first', '9'], { ...schema, parameters: renamed })).toEqual([
    9,
    { recorded: 2 },
    { recorded: 3 },
  ]);
});

test('R1: properties take the place of those on record', async () => {
  const one = type.schemaOf({ given: type.object({ a: type.number, b: type.number }) });
  expect(await changed([kept({ a: 1, b: 2 })], ['--b', '3'], one)).toEqual([{ a: 1, b: 3 }]);
  expect(await changed([GONE], ['--b', '3'], one)).toContain('error[record-missing]');
});

test('R1: what is gone is named, unless it is given anew', async () => {
  expect(await changed([GONE, kept(3)])).toMatchInlineSnapshot(`
    "error[record-missing]: what the run was called with is not on record any more
      run      20261124-054405-1a2b3c
      input 1  file "a.txt"
      hint: give it by its flag or by "--input""
  `);
  expect(await changed([GONE, kept(3)], ['--epochs', '5'], TWO)).toMatchInlineSnapshot(`
    "error[record-missing]: what the run was called with is not on record any more
      run   20261124-054405-1a2b3c
      rows  file "a.txt"
      hint: give it by its flag or by "--input""
  `);
  expect(await changed([GONE, kept(3)], ['--rows', '[7]'], TWO)).toEqual([[7], { recorded: 3 }]);
});

test('R1: a run that ended before its inputs were recorded needs all of them', async () => {
  expect(await changed(undefined)).toMatchInlineSnapshot(`
    "error[record-missing]: what the run was called with is not on record any more
      run     20261124-054405-1a2b3c
      inputs  all
      hint: give it by its flag or by "--input""
  `);
  expect(await changed(undefined, ['--rows', '[7]'], TWO)).toEqual([[7]]);
  expect(await changed(undefined, ['--epochs', '5'], TWO)).toContain('the input "rows" is missing');
});
