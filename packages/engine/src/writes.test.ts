import { describe, expect, it } from 'vitest';
import type { ActionNumber, PlainObservation, TaskId, TaskOptions } from '@skein/model';
import { Outside, type Program, runWalked } from '../test/scripted.ts';
import { Writes } from './writes.ts';
import { stores } from '../test/stores.ts';

const AUTO: Partial<TaskOptions> = { cache: { mode: 'auto', ignoredInputs: [] } };

describe('a run in which actions write', () => {
  const PROGRAM: Program = {
    main: {
      code: '1',
      options: AUTO,
      body: async (run, text: string) => {
        await run.call('write', text);
        return await run.call('read');
      },
    },
    write: {
      code: '1',
      body: (run, text: string) => {
        run.write('out/a.txt', text);
        return Promise.resolve('written');
      },
    },
    read: { code: '1', body: (run) => Promise.resolve(run.read('out/a.txt')) },
  };

  it('O5: neither who wrote a file nor who read it leaves a trace, and both say so', async () => {
    const kept = stores();
    const outside = new Outside();
    const first = await runWalked(PROGRAM, kept, { entry: 'main', args: ['1'], outside });
    const untraced = Object.fromEntries(first.finished.map((one) => [one.task, one.untraced]));
    expect(untraced).toEqual({
      write: 'it wrote "out/a.txt"',
      read: 'it read "out/a.txt", which the task "write" wrote: hand it on as a File or Dir',
      main: undefined,
    });
    const second = await runWalked(PROGRAM, kept, { entry: 'main', args: ['1'], outside });
    expect(second.executions).toEqual(['write(1)', 'read()']);
    expect(second.value).toBe('1');
  });

  it('O5: what was verified before a write is looked at again after it', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => {
          const before = await run.call('sum');
          await run.call('write', '2');
          return [before, await run.call('sum')];
        },
      },
      sum: { code: '1', body: (run) => run.call('read') },
      read: PROGRAM['read'] as Program[string],
      write: PROGRAM['write'] as Program[string],
    };
    const kept = stores();
    const outside = new Outside([['out/a.txt', '1']]);
    await runWalked(program, kept, { entry: 'main', outside });
    outside.files.set('out/a.txt', '1');
    const second = await runWalked(program, kept, { entry: 'main', outside });
    expect(second.value).toEqual(['1', '2']);
  });

  it('O5: nor who used a log that names what another wrote', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => {
          await run.call('write', '1');
          return [await run.call('load'), await run.call('use')];
        },
      },
      write: PROGRAM['write'] as Program[string],
      load: {
        code: '1',
        retains: true,
        body: (run) => Promise.resolve(run.keep('text', () => run.read('out/a.txt'))),
      },
      use: {
        code: '1',
        retains: true,
        body: (run) => Promise.resolve(run.keep('text', () => run.read('out/a.txt'))),
      },
    };
    const { finished } = await runWalked(program, stores(), { entry: 'main' });
    const use = finished.find(({ task }) => task === 'use');
    expect(use?.untraced).toBe(
      'an action of its process read "out/a.txt", which the task "write" wrote: ' +
        'hand it on as a File or Dir',
    );
  });

  const READ = PROGRAM['read'] as Program[string];
  const WRITE = PROGRAM['write'] as Program[string];

  it('O5: what is known of a written file is known for one check only', async () => {
    const sum: Program[string] = { code: '1', body: (run) => run.call('read') };
    const reading: Program = {
      main: { code: '1', options: AUTO, body: (run) => run.call('sum') },
      sum,
      read: READ,
    };
    const writing: Program = {
      main: {
        code: '2',
        options: AUTO,
        body: async (run) => {
          await run.call('write', '1');
          const before = await run.call('sum');
          await run.call('write', '2');
          return [before, await run.call('sum')];
        },
      },
      sum,
      read: READ,
      write: WRITE,
    };
    const kept = stores();
    const outside = new Outside([['out/a.txt', '1']]);
    await runWalked(reading, kept, { entry: 'main', outside });
    const second = await runWalked(writing, kept, { entry: 'main', outside });
    expect(second.executions).toEqual(['main()', 'write(1)', 'write(2)', 'read()', 'sum()']);
    expect(second.value).toEqual(['1', '2']);
  });

  it('O5: a log that was verified before a write is looked at again after it', async () => {
    const use: Program[string] = {
      code: '1',
      retains: true,
      body: (run, item: number) =>
        Promise.resolve(`${run.keep('text', () => run.read('out/a.txt'))}${item}`),
    };
    const program = (code: string, writes: boolean): Program => ({
      main: {
        code,
        options: AUTO,
        body: async (run) => {
          const first = await run.call('use', 1);
          if (writes) await run.call('write', 'new');
          return [first, await run.call('use', 2)];
        },
      },
      use,
      write: WRITE,
    });
    const kept = stores();
    const outside = new Outside([['out/a.txt', 'old']]);
    await runWalked(program('1', false), kept, { entry: 'main', outside });
    const second = await runWalked(program('2', true), kept, { entry: 'main', outside });
    expect(second.executions).toEqual(['main()', 'write(new)', 'use(2)']);
    expect(second.value).toEqual(['old1', 'new2']);
  });

  it('O5: what a call of the same wave wrote is looked at after the call', async () => {
    const program = (child: Program[string]): Program => ({
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => {
          const called = run.call('child', '2');
          const before = run.read('out/a.txt');
          await called;
          return before;
        },
      },
      child,
    });
    const kept = stores();
    const outside = new Outside([['out/a.txt', '1']]);
    const quiet: Program[string] = {
      code: '0',
      body: (run, _text: string) => Promise.resolve(run.attempt === 1 ? 'written' : ''),
    };
    await runWalked(program(quiet), kept, { entry: 'main', outside });
    const second = await runWalked(program(WRITE), kept, { entry: 'main', outside });
    expect(second.executions).toEqual(['child(2)', 'main()']);
    expect(second.value).toBe('2');
  });

  it('O5: what left no trace executes for each that asks', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => [await run.call('sum', 1), await run.call('sum', 1)],
      },
      sum: { code: '1', body: (run, _item: number) => run.call('write', '1') },
      write: WRITE,
    };
    const { executions } = await runWalked(program, stores(), { entry: 'main' });
    expect(executions).toEqual(['main()', 'sum(1)', 'write(1)', 'write(1)']);
  });

  it('O5: what a task reads that it wrote itself is told of once', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: (run) => {
          run.write('own.txt', 'x');
          return Promise.resolve(run.read('own.txt'));
        },
      },
    };
    const { finished } = await runWalked(program, stores(), { entry: 'main' });
    expect(finished[0]?.untraced).toBe('it wrote "own.txt"');
  });
});

describe('what a write touches', () => {
  const WRITER = { action: 1 as ActionNumber, task: 'src/a.ts#write' as TaskId };
  const file = (path: string, digest: null | 'there' = null): PlainObservation => ({
    kind: 'file',
    path,
    digest: digest as null,
  });
  const listing = (path: string): PlainObservation =>
    ({ ...file(path, 'there'), kind: 'listing' }) as never;
  const module = (specifier: string): PlainObservation => ({
    kind: 'module',
    specifier,
    from: 'src/a.ts',
    digest: null,
  });

  const CASES: readonly (readonly [string, string, PlainObservation, boolean])[] = [
    ['the file itself', 'out/a', file('out/a'), true],
    ['its neighbour', 'out/a', file('out/ab'), false],
    ['what lies below', 'out', file('out/deep/a'), true],
    ['the listing of its folder', 'out/a', listing('out'), true],
    ['the listing of a folder above', 'out/deep/a', listing('out'), false],
    ['the listing of the root', 'a', listing(''), true],
    ['a folder that was there', 'out/a', file('out', 'there'), false],
    ['a folder that was not there', 'out/a', file('out'), true],
    ['an absolute path', '/tmp/x/a', listing('/tmp/x'), true],
    ['a relative module', 'src/b.ts', module('./b.ts'), true],
    ['a relative module without its end', 'src/b.ts', module('./b'), true],
    ['another module', 'src/c.ts', module('./b.ts'), false],
    ['a package', 'node_modules/x/index.js', module('y'), true],
    ['a package, by a file of the pipeline', 'out/a.json', module('y'), false],
    ['a variable', 'MODE', { kind: 'variable', name: 'MODE', digest: null }, false],
  ];

  it.for(CASES)('O5: %s', ([, path, seen, touched]) => {
    const writes = new Writes();
    writes.add(path, WRITER);
    expect(writes.writerOf(seen, 2)?.writer.task).toBe(touched ? WRITER.task : undefined);
    expect(writes.writerOf(seen, WRITER.action)).toBe(undefined);
  });

  it.for(CASES.filter(([, , , touched]) => touched))(
    'O5: what was verified does not count any more after a write of %s',
    ([, path, seen]) => {
      const writes = new Writes();
      writes.see(seen);
      expect(writes.add(path, WRITER)).toBe(true);
      expect(writes.add(path, WRITER)).toBe(false);
    },
  );

  it('O5: a write that nobody looked at changes nothing that was verified', () => {
    const writes = new Writes();
    writes.see(file('data/a', 'there'));
    writes.see(listing('data'));
    expect(writes.add('out/a', WRITER)).toBe(false);
  });
});
