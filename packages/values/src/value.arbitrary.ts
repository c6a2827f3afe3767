import fc from 'fast-check';

import { digestOf } from './digest.ts';
import { dirReference } from './dir.ts';
import { fileReference } from './file.ts';
import { emptyArray } from './read-tagged.ts';
import { typedArrayKinds } from './typed-array.ts';

const integer = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.maxSafeInteger(),
  fc.constantFrom(
    0,
    23,
    24,
    255,
    256,
    65535,
    65536,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53 - 1,
    -(2 ** 53) + 1,
  ),
);
const double = fc.oneof(
  fc.double(),
  fc.float(),
  fc.constantFrom(
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
    0.5,
    1.5,
    65504,
    2 ** 53,
    2 ** 60,
    5e-324,
    6e-8,
  ),
);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: 'grapheme', minLength: 20, maxLength: 80 }),
);
const key = fc.oneof(
  fc.constantFrom('a', 'b', 'constructor', '__proto__', 'toString', '$type', 'value', 'length', ''),
  fc.constantFrom(
    '0',
    '1',
    '01',
    '-0',
    '10',
    '4294967294',
    '4294967295',
    '4294967296',
    '1.5',
    '1e3',
  ),
  text,
);
const scalar = fc.oneof(
  fc.constantFrom(undefined, null, true, false),
  integer,
  double,
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
  fc.constantFrom(0n, -1n, 255n, 256n, -256n, -257n),
  text,
);
const bytes = fc.uint8Array({ maxLength: 80 }).map((list) => new Uint8Array(list));
const binary = fc.oneof(
  bytes,
  bytes.map((list) => list.buffer),
  bytes.map((list) => new DataView(list.buffer)),
  ...typedArrayKinds.map(({ elementBytes, over }) =>
    fc
      .array(fc.integer({ min: 0, max: 100 }), { maxLength: 8 })
      .map((list) =>
        over(Uint8Array.from(list.flatMap((n) => Array(elementBytes).fill(n))).buffer),
      ),
  ),
);
const other = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(/a/, /(?:)/giu, /[/]\/\n/y, /\u{1F600}(?<n>x)/dv),
  fc.oneof(fc.boolean(), integer, double, fc.bigInt(), text).map((primitive) => Object(primitive)),
  binary,
);

const digest = fc.string().map((content) => digestOf('blob', content));

/** References to files, folders and tasks. */
export const references = fc.oneof(
  fc
    .record({ name: fc.stringMatching(/^[a-z]{1,8}\.txt$/), digest })
    .map((file) => fileReference(file)),
  fc
    .uniqueArray(fc.stringMatching(/^([a-c]{1,2}\/){0,2}[a-c]{1,2}\.f$/), { maxLength: 5 })
    .chain((paths) =>
      fc.tuple(
        ...paths.map((path) =>
          fc.record({ path: fc.constant(path), digest, executable: fc.boolean() }),
        ),
      ),
    )
    .map((entries) =>
      dirReference(entries.map((entry) => ({ ...entry, size: Number(entry.digest.slice(65)) }))),
    ),
);

/** An object with these own properties, whatever their names. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return object;
}

function sparseOf(length: number, elements: readonly (readonly [number, unknown])[]): unknown[] {
  const array = emptyArray(length);
  for (const [index, element] of elements) if (index < length) array[index] = element;
  return array;
}

const errorClasses = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  URIError,
  EvalError,
  ReferenceError,
];

function containers(inner: fc.Arbitrary<unknown>): fc.Arbitrary<unknown>[] {
  const entries = fc.array(fc.tuple(key, inner), { maxLength: 6 });
  return [
    entries.map(objectOf),
    fc.array(inner, { maxLength: 6 }),
    fc.array(fc.tuple(inner, inner), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    fc.array(inner, { maxLength: 4 }).map((list) => new Set(list)),
    fc
      .tuple(
        fc.integer({ min: 0, max: 100_000 }),
        fc.array(fc.tuple(fc.nat(20), inner), { maxLength: 4 }),
      )
      .map(([length, elements]) => sparseOf(length, elements)),
    fc
      .tuple(fc.constantFrom(...errorClasses), text, fc.option(inner, { nil: undefined }), entries)
      .map(([Class, message, cause, fields]) => {
        const error = cause === undefined ? new Class(message) : new Class(message, { cause });
        for (const [name, value] of fields) {
          if (
            !['message', 'cause', 'stack', '__proto__', 'constructor', 'toString'].includes(name)
          ) {
            Object.assign(error, { [name]: value });
          }
        }
        return error;
      }),
    fc
      .tuple(fc.array(inner, { maxLength: 3 }), text)
      .map(([errors, message]) => new AggregateError(errors, message)),
  ];
}

/** Values of every kind that structured clone knows too. */
export const clonableValues: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, other, ...containers(tie('value'))),
})).value;

/** Values of every kind. */
export const anyValues: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, other, references, ...containers(tie('value'))),
})).value;
