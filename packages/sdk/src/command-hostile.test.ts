import { FailureError } from '@skein/model';
import { describe, expect, test } from 'vitest';
import { environment } from './environment.ts';
import { CommandError } from './errors.ts';
import { File } from './file.ts';

/* D7: what would be a wrong result without a word, or an error that names nothing of the author. */

const env = environment({ name: 'main' });

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
}

describe('D7: JSON goes in as it is, or not at all', () => {
  const print = env.command({
    command: ['cat', '{inputs.data}'],
    inputs: { data: 'json' },
    outputs: { out: 'stdout' },
  }) as unknown as (inputs: unknown) => Promise<{ readonly out: string }>;

  test.each<[string, () => unknown]>([
    ['NaN', () => ({ a: NaN })],
    ['Infinity', () => [Infinity]],
    ['undefined in a list', () => [undefined]],
    ['a hole', () => Array(1)],
    ['a Map', () => new Map([['a', 1]])],
    ['a Set', () => ({ a: new Set([1]) })],
    ['bytes', () => Buffer.from('a')],
    ['an expression', () => /x/],
    ['an error', () => new Error('x')],
    ['a File', () => File.from(Buffer.from('x'))],
  ])('%s', async (_, make) => {
    const error = await errorOf(print({ data: await make() }));
    expect(error).toBeInstanceOf(FailureError);
    expect((error as FailureError).failure).toMatchObject({
      code: 'input-invalid',
      headline: 'input "data" is not as it is declared',
    });
  });

  test('what is undefined is as good as none; the same thing may stand twice', async () => {
    const twice = { n: null };
    const { out } = await print({ data: { a: undefined, b: [twice, twice], c: '\u2028' } });
    expect(JSON.parse(out)).toEqual({ b: [twice, twice], c: '\u2028' });
  });
});

describe('D7: what is no object with inputs is told as such', () => {
  const call = env.command({ command: 'true', inputs: { x: 'string?' } }) as unknown as (
    inputs: unknown,
  ) => Promise<unknown>;

  test.each<[string, () => unknown]>([
    ['a File', () => File.from(Buffer.from('x'))],
    ['a Map', () => new Map([['x', 'y']])],
    ['a list', () => ['x']],
    ['a date', () => new Date(0)],
  ])('%s', async (_, make) => {
    const error = await errorOf(call(await make()));
    expect((error as FailureError).failure).toMatchObject({
      code: 'input-invalid',
      headline: 'a command takes one object with its inputs',
    });
  });

  test('half of a character is no text, and no other takes its place', async () => {
    const error = await errorOf(call({ x: '\ud800' }));
    expect((error as FailureError).failure).toMatchObject({ code: 'input-invalid' });
  });
});

describe('D7: what is no text comes out as no text', () => {
  const bytes = String.raw`printf '\377\000abc'`;
  test.each([
    ['stdout', bytes],
    ['stderr', `${bytes} >&2`],
    ['text', `${bytes} > {outputs.made}`],
    ['json', String.raw`printf '"\377"' > {outputs.made}`],
  ] as const)('%s', async (kind, command) => {
    const shown = { made: kind } as const;
    const error = await errorOf(env.command({ command, outputs: shown })({}));
    expect(error).toBeInstanceOf(CommandError);
    expect((error as CommandError).message).toBe(
      'output "made" of sh is not text in UTF-8: have it be a file',
    );
  });

  test('a mark of the byte order is a part of it', async () => {
    const command = String.raw`printf '\357\273\277a'`;
    const { out } = await env.command({ command, outputs: { out: 'stdout' } })({});
    expect(out).toBe('\uFEFFa');
  });
});

describe('D7: a folder that no Dir can name', () => {
  test.each([
    ['a backslash', String.raw`echo a > '{outputs.made}/a\b'`, String.raw`a\b`],
    ['other bytes', String.raw`touch "{outputs.made}/$(printf '\377')"`, '\uFFFD'],
  ])('%s', async (_, command, name) => {
    const made = env.command({
      command: `mkdir {outputs.made}; ${command}`,
      outputs: { made: 'dir' },
    });
    const error = await errorOf(made({}));
    expect(error).toBeInstanceOf(FailureError);
    const { failure } = error as FailureError;
    expect(failure.code).toBe('dir-entry-refused');
    expect(failure.facts).toContainEqual(['output', 'made']);
    const said = [failure.headline, ...failure.facts.map(([, fact]) => fact)].join('\n');
    expect(said.replaceAll('\\\\', '\\')).toContain(name);
    expect(failure.headline).not.toContain('leads nowhere');
  });
});

test('D7: arguments that are too long are a CommandError that says what to do', async () => {
  const text = 'x'.repeat(1 << 20);
  const inputs = { x: 'string' } as const;
  for (const command of ['true {inputs.x}', ['true', '{inputs.x}']]) {
    const error = await errorOf(env.command({ command, inputs })({ x: text }));
    expect(error).toBeInstanceOf(CommandError);
    expect((error as CommandError).message).toContain('its arguments are too long');
  }
});
