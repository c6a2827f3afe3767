import type { InputSchema, ParameterSchema } from '@skein/analysis';
import type { Failure } from '@skein/model';
import type { JsonValue } from '@skein/values';
import { coerce } from './coerce.ts';

import { describeType } from './describe-type.ts';
import type { EarlierInputs } from './earlier-inputs.ts';
import { kebabCase } from './flag.ts';
import type { GivenInput, Inputs } from './input.ts';
import { optionText } from './parse.ts';
import { readFlags } from './read-flags.ts';
import { readInputObject } from './read-input.ts';
import { reviveInput } from './revive-input.ts';
import { atLeastOne, type Session } from './session.ts';
import { validate } from './validate.ts';

/**
 * Arguments from `--input` and flags: merged, checked against the types, made real values.
 * `earlier` stands for what is not given.
 */
export async function readGivenInputs(
  session: Session,
  schema: InputSchema,
  earlier?: EarlierInputs,
): Promise<Inputs> {
  const { io, parsed } = session;
  const source = optionText(parsed, 'input');
  const object = source === undefined ? undefined : await readInputObject(io, source, schema);
  if (object?.ok === false) return { ok: false, failures: object.failures };
  const flags = readFlags(schema, parsed.taskFlags);
  const spread = spreads(schema);
  const given: GivenInput[] = [];
  const failures: Failure[] = [...flags.failures];
  for (const parameter of schema.parameters) {
    const input = object?.value[parameter.name];
    const whole = flags.whole.get(parameter.name);
    // `null` is a value that a flag can give.
    const coerced = input === undefined ? undefined : coerce(parameter.type, input);
    const flagged = whole !== undefined || flags.properties.size > 0;
    if (input === undefined && !flagged && earlier !== undefined) continue;
    const fresh = whole === undefined ? coerced : whole;
    const before = fresh === undefined && spread ? earlier?.json() : undefined;
    if (before?.ok === false) failures.push(before.failure);
    const base = before?.ok === true ? before.value : fresh;
    const properties = inOrder(flags.properties, parameter);
    const json = withProperties(base, properties, spread && !parameter.optional);
    const by = !flagged && input !== undefined ? 'input' : 'flag';
    if (json !== undefined) given.push({ parameter, json, by, spread });
    else if (!parameter.optional && failures.length === 0) failures.push(missing(parameter));
  }
  if (failures.length === 0) failures.push(...(await validate(given)));
  if (failures.length > 0) return { ok: false, failures: atLeastOne(failures) };
  return await makeArguments(session, schema, { given, earlier });
}

interface Values {
  readonly given: readonly GivenInput[];
  readonly earlier: EarlierInputs | undefined;
}

/** In the order of the parameters; one that was not given is `undefined`, which is omitted (V5). */
async function makeArguments(
  { io }: Session,
  { parameters }: InputSchema,
  { given, earlier }: Values,
): Promise<Inputs> {
  const args: unknown[] = [];
  const failures: Failure[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const input = given.find((it) => it.parameter === parameter);
    const before = input === undefined ? earlier?.of(index) : undefined;
    if (before !== undefined) {
      if (!before.ok) failures.push(before.failure);
      else if (!parameter.optional && before.args.every(isUndefined)) {
        failures.push(missing(parameter));
      } else args.push(...before.args);
      continue;
    }
    const revived = input === undefined ? undefined : await reviveInput(input, io.cwd);
    if (revived?.ok === false) failures.push(revived.failure);
    else if (parameter.rest && Array.isArray(revived?.value)) args.push(...revived.value);
    else args.push(revived?.value);
  }
  while (args.length > 0 && args.at(-1) === undefined) args.pop();
  return failures.length > 0 ? { ok: false, failures: atLeastOne(failures) } : { ok: true, args };
}

function isUndefined(value: unknown): boolean {
  return value === undefined;
}

/** A single parameter of an object type: its properties are flags. */
function spreads({ parameters }: InputSchema): boolean {
  return parameters.length === 1 && parameters[0]?.type.kind === 'object';
}

/** In which order flags are written says nothing. */
function inOrder(
  properties: ReadonlyMap<string, JsonValue>,
  { type }: ParameterSchema,
): ReadonlyMap<string, JsonValue> {
  const names = type.kind === 'object' ? type.properties.map((it) => it.name) : [];
  const rank = (name: string): number => names.indexOf(name);
  return new Map([...properties].toSorted(([one], [other]) => rank(one) - rank(other)));
}

/** `required`: without anything given the object is empty, and validation names what it lacks. */
function withProperties(
  base: JsonValue | undefined,
  properties: ReadonlyMap<string, JsonValue>,
  required: boolean,
): JsonValue | undefined {
  if (properties.size === 0) return base === undefined && required ? {} : base;
  const whole = typeof base === 'object' && base !== null && !Array.isArray(base) ? base : {};
  return { ...whole, ...Object.fromEntries(properties) };
}

function missing({ name, type, doc }: ParameterSchema): Failure {
  return {
    code: 'input-missing',
    kind: 'usage',
    headline: `the input "${name}" is missing`,
    facts: [
      ['wanted', describeType(type)],
      ...(doc === undefined ? [] : [['about', doc] as const]),
    ],
    hint: `give it by "--${kebabCase(name)}", or in the object of "--input"`,
  };
}
