import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf, encode, inputDigest } from '@skein/values';
import type { Observation } from '@skein/model';
import { openWorkshop } from '../test/bundle.ts';
import type { Workshop } from '../test/bundle.ts';
import { FakeEngine, reveal } from '../test/engine.ts';
import type { Ended, EngineTerms } from '../test/engine.ts';
import { IMPURE, LOADING, namesIn, OBSERVING } from '../test/observing.ts';
import { termsOf } from './executor.conformance.ts';
import type { Subject } from './executor.conformance.ts';
import type { BundleLocation, Executor } from './executor.ts';

const READER = `import { readFileSync } from 'node:fs';
const all = new Map();
export const read = (path) => { all.set(path, readFileSync(path, 'utf8')); return all.get(path); };
`;

/** A test runner that maps stacks itself leaves those of inline actions as they are. */
const LINE = /^(?:src\/main\.ts|bundle\.mjs):\d+:\d+$/;

interface Bench {
  readonly shop: Workshop;
  readonly executor: Executor;
  readonly terms: EngineTerms;
  readonly bundle: (source: string) => BundleLocation;
  /** With what those tasks observe kept for all that run after them. */
  readonly engine: (...retaining: readonly string[]) => FakeEngine;
}

/** What actions observe, on every executor that runs them in one process. */
export function observationConformance(subject: Subject): void {
  const { name, create, cold = false } = subject;
  describe(`what actions observe in the ${name} executor`, () => {
    let bench: Bench;

    beforeAll(() => {
      const shop = openWorkshop();
      furnish(shop.root);
      subject.furnished?.(shop.root);
      const environment = { PATH: process.env['PATH'], MODEL: 'large' };
      const executor = create({
        state: shop.state,
        environment,
        warn: () => undefined,
        workers: 1,
      });
      const bundle = (source: string): BundleLocation => shop.bundle(namesIn(source), source);
      const engine = (...retaining: readonly string[]): FakeEngine => {
        const made = new FakeEngine(executor, bundle(OBSERVING), termsOf(subject));
        for (const task of retaining) made.retaining.add(`src/main.ts#${task}`);
        return made;
      };
      bench = { shop, executor, terms: termsOf(subject), bundle, engine };
    });

    afterAll(async () => {
      await bench.executor.close();
      bench.shop.remove();
    });

    plainly(() => bench);
    writes(() => bench);
    if (!cold) temporary(() => bench);
    namingScratch(() => bench);
    strictly(() => bench);
    atLoad(() => bench);
    // In one process the log only grows; where each has its own, nobody is outlived.
    if (!cold) outliving(() => bench);
    spoiltAtLoad(() => bench);
  });
}

function furnish(root: string): void {
  const files: Readonly<Record<string, string>> = {
    'data/a.txt': 'a',
    'data/kept.txt': 'a',
    'data/passed.txt': 'a',
    'data/one.txt': '1',
    'data/config.json': '{}',
    'data/large.txt': 'x'.repeat(300_000),
    'out/kept': '',
    'node_modules/keeper/index.mjs': READER,
    'node_modules/keeper/package.json': '{"name":"keeper","version":"1.0.0"}',
    'node_modules/fs-extra/index.mjs': READER,
    'node_modules/fs-extra/package.json': '{"name":"fs-extra","version":"1.0.0"}',
  };
  for (let index = 0; index < 64; index += 1) {
    write(join(root, `data/many/${index}`), `number ${index}`);
  }
  for (const [path, text] of Object.entries(files)) write(join(root, path), text);
}

function write(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

function plainly(at: () => Bench): void {
  test('O1: files read, found absent, tested and listed, each once', async () => {
    const { waves, log } = await at().engine().ended('looking');
    expect(waves.map((wave) => wave.map(shown))).toEqual([
      ['file data/a.txt = a', 'exists data/none', 'file data/gone.txt', 'listing data = …'],
    ]);
    expect(log).toBeNull();
  });

  test('O1 T1: what is read stands in the wave of its moment, streams too', async () => {
    const { waves } = await at().engine().ended('betweenCalls');
    expect(waves.map((wave) => wave.map(shown))).toEqual([
      ['file data/one.txt = 1'],
      ['call', 'file data/a.txt = a'],
      ['call'],
    ]);
  });

  test('O1: a file that is handed on is observed where it came from only', async () => {
    const { waves } = await at().engine().ended('handing');
    const files = waves.flat().filter(({ kind }) => kind === 'file');
    expect(files.map(shown)).toEqual(['file data/a.txt = a']);
    expect(waves.flat().map(shown).join()).not.toContain('.skein');
  });

  test('O1: a task that looks at nothing observes nothing', async () => {
    const ended = await at().engine().ended('nothing');
    expect(ended).toMatchObject({ waves: [], log: null, impurities: [] });
    expect(ended.untraceable).toBeUndefined();
  });

  test('O8: clock and randomness are impurities with the author’s line', async () => {
    const found = async (task: string): Promise<Ended['impurities']> =>
      (await at().engine().ended(task)).impurities;
    const at1 = expect.stringMatching(LINE);
    expect(await found('dated')).toEqual([{ kind: 'clock', what: 'Date.now()', at: at1 }]);
    expect(await found('random')).toEqual([{ kind: 'randomness', what: 'Math.random()', at: at1 }]);
  });

  test('O9: 64 actions at once, by whatever way they read, see their own files only', async () => {
    const engine = at().engine();
    engine.override.set('src/main.ts#mixing', { reuse: { concurrency: 64 } });
    const ends = await Promise.all(
      Array.from({ length: 64 }, (_, index) => engine.ended('mixing', index)),
    );
    for (const [index, { outcome, waves, log, untraceable }] of ends.entries()) {
      const text = `number ${index}`;
      expect(reveal(outcome)).toBe(text);
      const files = waves.flat().filter(({ kind }) => kind === 'file');
      const digest = digestOf('blob', text);
      expect(files).toEqual([{ kind: 'file', path: `data/many/${index}`, digest }]);
      expect(waves.flat().map(shown).join()).not.toMatch(new RegExp(`many/(?!${index}\\b)`));
      expect([log, untraceable]).toEqual([null, undefined]);
    }
  });
}

function outliving(at: () => Bench): void {
  /** The log of its process as a later action has it. */
  const after = async (engine: FakeEngine): Promise<readonly string[]> =>
    engine.logged((await engine.ended('nothing')).log).map(shown);

  test('O3: what one action read and kept is a dependency of all after it', async () => {
    const engine = at().engine('remember');
    await engine.run('remember');
    const later = await engine.ended('recall');
    expect(later.waves).toEqual([]);
    expect(engine.logged(later.log).map(shown)).toContain('file data/a.txt = a');
  });

  test('O3: what a package could have kept is, too, unless it passes reads through', async () => {
    const engine = at().engine();
    expect([await engine.run('through'), await engine.run('byPackage')]).toEqual(['a', 'a']);
    const seen = await after(engine);
    expect(seen).toContain('file data/kept.txt = a');
    expect(seen.join()).not.toContain('data/passed.txt');
  });

  test('O3: a batching loader: each depends on what one of them read', async () => {
    const engine = at().engine('loading');
    const names = ['one.txt', 'config.json', 'a.txt'];
    const ends = await Promise.all(names.map((it) => engine.ended('loading', it)));
    for (const { log } of ends) {
      const seen = engine.logged(log).map(shown);
      for (const name of names) expect(seen.join('\n')).toContain(`file data/${name}`);
    }
  });

  test('O3: a file that is still streamed is in the log of who waits for it', async () => {
    const engine = at().engine('rememberStream');
    const ends = await Promise.all([1, 2, 3].map(() => engine.ended('rememberStream')));
    for (const { log } of ends) {
      expect(engine.logged(log).map(shown)).toContain('file data/large.txt = …');
    }
  });

  test('O3: a memoised call is an observation of all who await it', async () => {
    const engine = at().engine('memoised');
    const ends = await Promise.all([1, 2, 3].map(() => engine.ended('memoised')));
    const made = ends.filter(({ waves }) => waves.flat().some(({ kind }) => kind === 'call'));
    expect(made).toHaveLength(1);
    for (const { log } of ends) expect(engine.logged(log).map(shown)).toContain('call');
  });

  test('O3 T1: a memoised map is one, too', async () => {
    const engine = at().engine('memoisedMap');
    const ends = await Promise.all([1, 2, 3].map(() => engine.ended('memoisedMap')));
    for (const { log } of ends) {
      const maps = engine.logged(log).filter(({ kind }) => kind === 'map');
      expect(maps).toHaveLength(1);
    }
  });

  test('O3 O6: a variable that was kept, too', async () => {
    const engine = at().engine('rememberVariable');
    expect(await engine.run('rememberVariable')).toBe('large');
    expect(await after(engine)).toContain('variable MODEL');
  });

  test('O9: a call by an action that has ended is refused', async () => {
    const engine = at().engine();
    await engine.run('leaveTimer');
    expect(await engine.run('readTimer')).toBe('call-outside-action');
  });

  test('X5: who waits for a call whose caller has ended does not wait for ever', async () => {
    const engine = at().engine('leaves');
    engine.beforeReply = () => new Promise(() => undefined);
    await engine.run('leaves');
    const waiting = await engine.ended('awaitsLeft');
    expect(reveal(waiting.outcome)).toBe('CancelledError');
    expect(waiting.impurities).toEqual([{ kind: 'open-call', what: 'src/main.ts#double' }]);
  });
}

function writes(at: () => Bench): void {
  test('O5: who writes leaves no trace, and it is told what before the end is', async () => {
    const engine = at().engine();
    const ended = await engine.ended('writing');
    expect(engine.written).toEqual(['out/b.txt']);
    expect(ended.untraceable).toMatch(
      /^writeFileSync at (?:src\/main\.ts|bundle\.mjs):\d+:\d+ wrote "out\/b\.txt": /,
    );
  });

  test('O5: what is written below the scratch folder is nobody’s business', async () => {
    const engine = at().engine();
    const ended = await engine.ended('scratching');
    expect(reveal(ended.outcome)).toBe('a');
    expect([engine.written, ended.waves, ended.untraceable]).toEqual([[], [], undefined]);
  });
}

function temporary(at: () => Bench): void {
  test('O5: who leaves what others find in the temporary folder leaves no trace', async () => {
    const engine = at().engine();
    expect((await engine.ended('leaving', 'left.txt')).untraceable).toMatch(
      /^writeFileSync at (?:src\/main\.ts|bundle\.mjs):\d+:\d+ left "left\.txt" in the temporary /,
    );
    expect((await engine.ended('finding', 'left.txt')).untraceable).toMatch(
      /^existsSync read "left\.txt" of the temporary folder, which another action wrote, at /,
    );
    expect((await engine.ended('leaving', 'gone.txt')).untraceable).toBeUndefined();
    expect((await engine.ended('finding', 'gone.txt')).untraceable).toBeUndefined();
  });
}

function namingScratch(at: () => Bench): void {
  test('O5: a result that holds a path in a scratch folder leaves no trace', async () => {
    const engine = at().engine();
    for (const size of [1, 100_000]) {
      const ended = await engine.ended('namesScratch', size);
      expect(ended.untraceable).toMatch(/^the result holds a path in a scratch folder/);
    }
  });
}

function strictly(at: () => Bench): void {
  const refusal = async (what: string): Promise<unknown> => {
    const engine = at().engine();
    engine.beforeReply = () => new Promise(() => undefined);
    const options = { strict: true };
    const result = await engine.attempt('caught', [what], { options });
    if (result.kind !== 'ended') throw new Error(result.kind);
    try {
      return reveal(result.outcome);
    } catch (error) {
      return (error as { readonly failure: unknown }).failure;
    }
  };

  test('O5 O8: in a strict task a write or an impurity is an error, caught or not', async () => {
    for (const what of ['clock', 'context', 'variable', 'open-call']) {
      expect(await refusal(what)).toMatchObject({ code: 'impure' });
    }
    expect(await refusal('write')).toMatchObject({
      code: 'undeclared-write',
      headline: expect.stringMatching(/^"out\/strict\.txt" would be written by writeFileSync at /),
    });
    expect(await refusal('nothing')).toBe('went on');
  });
}

function atLoad(at: () => Bench): void {
  const shownLog = (engine: FakeEngine, { log }: Ended): readonly string[] =>
    engine.logged(log).map(shown);

  test('Q1 O3: what a module reads while it loads is in the report and in every log', async () => {
    const { executor, bundle, terms } = at();
    const location = bundle(LOADING);
    const report = await executor.load(location);
    const seen = ['file data/config.json = …', 'variable MODEL'];
    expect(report.ok ? report.value.log?.observations.map(shown) : report).toEqual(
      expect.arrayContaining(seen),
    );
    const engine = new FakeEngine(executor, location, terms);
    const ended = await engine.ended('configured');
    expect(reveal(ended.outcome)).toEqual(['{}', 'large', 'yes']);
    expect([ended.waves, ended.impurities]).toEqual([[], []]);
    expect(shownLog(engine, ended)).toEqual(expect.arrayContaining(seen));
  });

  test('O9: a call from a timer that was set while a module loaded is not made', async () => {
    const { executor, bundle, terms } = at();
    const engine = new FakeEngine(executor, bundle(LOADING), terms);
    expect(await engine.run('timed')).toBe('call-outside-action');
    expect(engine.groups).toEqual([]);
  });
}

function spoiltAtLoad(at: () => Bench): void {
  test('O5 O8: what a module writes, and the clock it looks at, is in every action', async () => {
    const { executor, bundle, terms } = at();
    const engine = new FakeEngine(executor, bundle(IMPURE), terms);
    const ended = await engine.ended('since');
    expect(ended.untraceable).toContain('writeFileSync');
    expect(engine.written).toContain('out/cache');
    expect(ended.impurities).toContainEqual({
      kind: 'clock',
      what: 'Date.now()',
      at: expect.stringMatching(LINE),
    });
    const strict = await engine.attempt('since', [], { options: { strict: true } });
    expect(() => reveal((strict as Ended).outcome)).toThrow('Date.now()');
  });
}

const KNOWN = new Map<string, string>([
  [digestOf('blob', 'a'), ' = a'],
  [digestOf('blob', '1'), ' = 1'],
  [inputDigest(encode('large')), ''],
]);

/** Absent is nothing; a digest that is none of the few is `…`. */
function shown(seen: Observation): string {
  if (seen.kind === 'call' || seen.kind === 'map') return seen.kind;
  const found = seen.digest === null ? '' : (KNOWN.get(seen.digest) ?? ' = …');
  if (seen.kind === 'variable') return `variable ${seen.name}${found}`;
  if (seen.kind === 'module') return `module ${seen.specifier}`;
  return `${seen.kind === 'stat' ? seen.aspect : seen.kind} ${seen.path}${found}`;
}
