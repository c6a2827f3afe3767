import type { ParameterType } from '@skein/analysis';
import { fromJson, toJson, type JsonValue } from '@skein/values';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fakeIo } from '../../test/fake-io.ts';
import * as type from '../../test/schemas.ts';
import { coerce } from './coerce.ts';
import { readGivenInputs } from './given-inputs.ts';
import { openOutput } from './output.ts';
import { parse } from './parse.ts';
import { readText } from './read-text.ts';
import { commandNamed } from './specs.ts';

async function given(parameter: ParameterType, args: readonly string[], stdin = '') {
  const { io } = fakeIo({ stdin });
  const command = commandNamed('run');
  if (command === undefined) throw new Error('there is a command "run"');
  const parsed = parse(command, ['main.ts', ...args]);
  if (!parsed.ok) throw new Error(parsed.failure.headline);
  const session = { io, command, output: openOutput(io), json: false, parsed: parsed.value };
  const inputs = await readGivenInputs(session, type.schemaOf({ value: parameter }));
  if (!inputs.ok) throw new Error(inputs.failures.map(({ headline }) => headline).join(', '));
  return inputs.args[0];
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
});

/** Each run compiles a schema. */
const RUNS = { numRuns: 40 };

test('what --json prints is read back by --input', async () => {
  await fc.assert(
    fc.asyncProperty(anything, async (value) => {
      const json = toJson(value);
      const input = JSON.stringify({ value: json });
      const read = await given(type.unknown, ['--input', '-'], input);
      expect(toJson(read)).toEqual(json);
    }),
    RUNS,
  );
});

/** A type, and values of it as a person writes them in a flag. */
const scalars = fc.oneof(
  fc.string().map((value) => ({ type: type.string, value, text: value })),
  fc.double().map((value) => ({ type: type.number, value, text: plainNumber(value) })),
  fc.bigInt().map((value) => ({ type: type.bigint, value, text: String(value) })),
  fc.boolean().map((value) => ({ type: type.boolean, value, text: String(value) })),
  fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') })
    .map((value) => ({ type: type.date, value, text: value.toISOString() })),
);

function plainNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

test('a scalar written as a flag is the value', async () => {
  await fc.assert(
    fc.asyncProperty(scalars, async ({ type: parameter, value, text }) => {
      expect(await given(parameter, [`--value=${text}`])).toEqual(value);
      expect(await given(type.list(parameter), [`--value=${text}`, `--value=${text}`])).toEqual([
        value,
        value,
      ]);
    }),
    RUNS,
  );
});

test('a list or an object written as JSON in a flag is the value', async () => {
  const parameter = type.list(
    type.object({ name: type.string, 'size?': type.number, tags: type.list(type.string) }),
  );
  const values = fc.array(
    fc.record(
      { name: fc.string(), size: fc.integer(), tags: fc.array(fc.string()) },
      { requiredKeys: ['name', 'tags'] },
    ),
  );
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      const text = JSON.stringify(value);
      expect(toJson(await given(parameter, [`--value=${text}`]))).toEqual(JSON.parse(text));
    }),
    RUNS,
  );
});

const types: fc.Arbitrary<ParameterType> = fc.letrec<{ type: ParameterType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(type.string, type.number, type.boolean, type.bigint, type.date, type.unknown),
    tie('type').map(type.list),
    fc.array(tie('type'), { minLength: 1, maxLength: 3 }).map((all) => type.union(...all)),
    tie('type').map((one) => type.object({ a: one, 'b?': one })),
  ),
})).type;

test('coercion never throws, and changes nothing a second time', () => {
  fc.assert(
    fc.property(types, fc.jsonValue(), (parameter, json) => {
      const once = coerce(parameter, json as JsonValue);
      expect(coerce(parameter, once)).toEqual(once);
    }),
  );
});

test('any text is read to JSON that can be read, or refused', () => {
  fc.assert(
    fc.property(types, fc.string(), (parameter, text) => {
      const json = readText(parameter, text);
      if (json !== undefined && !text.includes('$type')) fromJson(json);
    }),
  );
});
