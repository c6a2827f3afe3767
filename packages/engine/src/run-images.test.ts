import { encodeOverride, parseOverride } from '@skein/sdk';
import { describe, expect, it } from 'vitest';
import type { RunEvent, TaskId, TaskOptions } from '@skein/model';
import { planScripted } from '../test/planned.ts';
import { goOn } from '../test/resumed.ts';
import {
  Outside,
  type Program,
  ScriptedImages,
  type ScriptedRun,
  Thrown,
  codeOf,
  runScripted,
  runWalked,
} from '../test/scripted.ts';
import { stores } from '../test/stores.ts';
import { resolveEntryImage } from './prepare.ts';

const AUTO: Partial<TaskOptions> = { cache: { mode: 'auto', ignoredInputs: [] } };
const OFF: Partial<TaskOptions> = { cache: { mode: 'disable' } };
const ONE = `sha256:${'1'.repeat(64)}`;
const TWO = `sha256:${'2'.repeat(64)}`;

function inImage(image: string, options: Partial<TaskOptions> = {}): Program[string] {
  return { code: '1', options: { ...options, image }, body: (_, x: number) => Promise.resolve(x) };
}

/** `main` calls one task in an image, and one that names none. */
function pair(image: string): Program {
  return {
    main: {
      code: '1',
      options: AUTO,
      body: async (run) => [await run.call('inside', 1), await run.call('plain', 2)],
    },
    inside: inImage(image),
    plain: { code: '1', body: (_, x: number) => Promise.resolve(x) },
  };
}

function overriding(image: string): Uint8Array {
  const override = encodeOverride(parseOverride({ image }, 'child'));
  if (override === undefined) throw new Error('the override has options');
  return override;
}

/** `main` calls `child` with another image than the table names, so many times at once. */
function calling(image: string, times = 1): Program {
  const override = overriding(image);
  return {
    main: {
      code: '1',
      options: AUTO,
      body: (run) =>
        Promise.all(Array.from({ length: times }, (_, n) => run.overridden('child', override, n))),
    },
    child: { code: '1', body: (_, x: number) => Promise.resolve(x) },
  };
}

function startsOf({ events }: ScriptedRun, task: string) {
  return events.filter(
    (event): event is Extract<RunEvent, { kind: 'action-started' }> =>
      event.kind === 'action-started' && event.task === task,
  );
}

const hostOnly = (): undefined => undefined;

describe('where a task runs', () => {
  it('Q6: a new digest is a miss of the tasks in that image, and of no other', async () => {
    const kept = stores();
    const run = (digest: string) =>
      runWalked(pair('acme/x:1'), kept, {
        entry: 'main',
        images: new ScriptedImages({ known: { 'acme/x:1': digest } }),
      });
    expect((await run(ONE)).executions).toEqual(['main()', 'inside(1)', 'plain(2)']);
    expect((await run(ONE)).executions).toEqual([]);
    expect((await run(TWO)).executions).toEqual(['inside(1)']);
    expect((await run(ONE)).executions).toEqual([]);
  });

  it('Q6: the digest counts, not what the image is called', async () => {
    const kept = stores();
    const images = new ScriptedImages({ known: { 'acme/x:1': ONE, 'acme/renamed': ONE } });
    await runWalked(pair('acme/x:1'), kept, { entry: 'main', images });
    const renamed = await runWalked(pair('acme/renamed'), kept, { entry: 'main', images });
    expect(renamed.executions).toEqual([]);
  });

  it('Q6: a result of the image never answers on the host, nor the other way', async () => {
    const kept = stores();
    const known = { 'acme/x:1': ONE };
    const inside = new ScriptedImages({ known });
    const host = new ScriptedImages({ known, imageFor: hostOnly });
    const run = (images: ScriptedImages) =>
      runWalked(pair('acme/x:1'), kept, { entry: 'main', images });
    await run(inside);
    const onHost = await run(host);
    expect(onHost.executions).toEqual(['inside(1)']);
    expect((await run(inside)).executions).toEqual([]);
    expect((await run(host)).executions).toEqual([]);
  });

  it('Q6: Skein’s own Node counts only where the image has none', async () => {
    const image = new ScriptedImages({ known: { 'acme/x:1': ONE }, node: '24.1.0' });
    const own = new ScriptedImages({ known: { 'acme/x:1': ONE } });
    const programs = pair('acme/x:1');
    const started = async (images: ScriptedImages) => {
      const [start] = startsOf(
        await runWalked(programs, stores(), { entry: 'main', images }),
        'inside',
      );
      return start?.image;
    };
    expect(await started(image)).toEqual({ digest: ONE, applied: true, name: 'acme/x:1' });
    expect(await started(own)).toEqual({
      digest: ONE,
      applied: true,
      name: 'acme/x:1',
      node: '26',
    });
  });

  it('the executor is told the image, and only for tasks that run in one', async () => {
    const images = new ScriptedImages({ known: { 'acme/x:1': ONE } });
    const { executor } = await runScripted(pair('acme/x:1'), stores(), { entry: 'main', images });
    const told = executor.requests.map(({ task, image }) => [task, image?.reference]);
    expect(told).toEqual([
      ['main', undefined],
      ['inside', `registry.test/acme/x:1@${ONE}`],
      ['plain', undefined],
    ]);
  });

  it('a task that asks for the default image and gets none is told why', async () => {
    const options = { isolation: 'container' } as const;
    const main: Program[string] = { code: '1', options, body: () => Promise.resolve(1) };
    const images = new ScriptedImages({ known: {}, imageFor: hostOnly });
    const { events } = await runScripted({ main }, stores(), { entry: 'main', images });
    const warnings = events.flatMap((it) => (it.kind === 'run-warned' ? [it.warning] : []));
    expect(warnings).toEqual([
      {
        code: 'option-not-honoured',
        kind: 'warning',
        headline: 'the task says isolation: "container", but runs on this machine',
        facts: [
          ['task', 'main'],
          ['because', 'of --executor scripted'],
        ],
        hint: 'leave out --executor scripted, or the option',
      },
    ]);
  });

  it('Q6: the network counts in the key where it can be missing: in an image', async () => {
    const run = async (options: Partial<TaskOptions>, kept: ReturnType<typeof stores>) => {
      const program: Program = { main: inImage('acme/x:1', options) };
      const where = options.isolation === 'process' ? { imageFor: hostOnly } : {};
      const images = new ScriptedImages({ known: { 'acme/x:1': ONE }, ...where });
      return await runScripted(program, kept, { entry: 'main', images });
    };
    for (const isolation of ['container', 'process'] as const) {
      const kept = stores();
      await run({ ...AUTO, isolation }, kept);
      const { executions } = await run({ ...AUTO, isolation, network: true }, kept);
      expect(executions.length).toBe(isolation === 'container' ? 1 : 0);
    }
  });

  it('Q6: an image that is not applied is said once, with what keeps the task out', async () => {
    const run = async (options: Partial<TaskOptions>) => {
      const program: Program = { main: inImage('acme/x:1', options) };
      const images = new ScriptedImages({ known: { 'acme/x:1': ONE }, imageFor: hostOnly });
      const { events } = await runScripted(program, stores(), { entry: 'main', images });
      return events.flatMap((event) => (event.kind === 'run-warned' ? [event.warning] : []));
    };
    const facts = (because: string) => [
      {
        code: 'image-not-applied',
        facts: [
          ['task', 'main'],
          ['image', `acme/x:1 ${ONE}`],
          ['because', because],
        ],
      },
    ];
    expect(await run({ isolation: 'process' })).toMatchObject(facts('its isolation is "process"'));
    expect(await run({})).toMatchObject(facts('of --executor scripted'));
  });

  it('Q6: the program of a command counts on the host, not in an image', async () => {
    const code = codeOf({ main: inImage('acme/x:1') }, new Outside());
    expect(code.program('python3')).toBeNull();
    const kept = stores();
    const outside = new Outside([['python3', '3.13']]);
    const run = async (images: ScriptedImages) => {
      const program: Program = { main: { ...inImage('acme/x:1', AUTO), program: 'python3' } };
      const { executions } = await runWalked(program, kept, { entry: 'main', images, outside });
      return executions.length;
    };
    const known = { 'acme/x:1': ONE };
    const [host, inside] = [
      new ScriptedImages({ known, imageFor: hostOnly }),
      new ScriptedImages({ known }),
    ];
    expect([await run(host), await run(host)]).toEqual([1, 0]);
    expect([await run(inside), await run(inside)]).toEqual([1, 0]);
    outside.files.set('python3', '3.14');
    expect([await run(host), await run(inside)]).toEqual([1, 0]);
  });
});

describe('in flight', () => {
  it('T7 Q6: calls of which one has the network are not shared', async () => {
    const given = encodeOverride({ options: { network: true }, signal: undefined });
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: (run) => Promise.all([run.call('inside', 1), run.overridden('inside', given, 1)]),
      },
      inside: inImage('acme/x:1'),
    };
    const images = new ScriptedImages({ known: { 'acme/x:1': ONE } });
    const { executions, finished } = await runScripted(program, stores(), {
      entry: 'main',
      images,
    });
    expect(executions).toEqual(['main()', 'inside(1)', 'inside(1)']);
    const keys = finished.flatMap(({ task, key }) => (task === 'inside' ? [key] : []));
    expect(keys[0]).not.toBe(keys[1]);
  });
});

describe('an image that only a call names', () => {
  it('Q6: it is asked for before anything is keyed, once for all calls', async () => {
    const images = new ScriptedImages({ later: { 'acme/y:2': TWO } });
    const run = await runScripted(calling('acme/y:2', 5), stores(), { entry: 'main', images });
    expect(run.value).toEqual([0, 1, 2, 3, 4]);
    expect(images.asked).toEqual(['acme/y:2']);
    expect(startsOf(run, 'child').map(({ image }) => image?.digest)).toEqual(Array(5).fill(TWO));
  });

  it('Q6 T2: a check asks for it, and reuses what it finds then', async () => {
    const kept = stores();
    const program = calling('acme/y:2');
    const later = (digest: string) => new ScriptedImages({ later: { 'acme/y:2': digest } });
    await runWalked(program, kept, { entry: 'main', images: later(TWO) });
    const images = later(TWO);
    const second = await runWalked(program, kept, { entry: 'main', images });
    expect([second.executions, images.asked]).toEqual([[], ['acme/y:2']]);
    const moved = await runWalked(program, kept, { entry: 'main', images: later(ONE) });
    expect(moved.executions).toEqual(['child(0)']);
  });

  it('Q6 T6: a deep summary does not hold by an image that nobody asked for', async () => {
    const kept = stores();
    const program = calling('acme/y:2', 3);
    const run = (digest: string) =>
      runScripted(program, kept, {
        entry: 'main',
        summaryFrom: 1,
        images: new ScriptedImages({ later: { 'acme/y:2': digest } }),
      });
    await run(TWO);
    expect((await run(TWO)).executions).toEqual([]);
    expect((await run(ONE)).executions).toContain('child(0)');
  });

  it('a map with it is prepared once', async () => {
    const override = overriding('acme/y:2');
    const program: Program = {
      main: { code: '1', body: (run) => run.map('child', [1, 2, 3], { override }) },
      child: { code: '1', body: (_, x: number) => Promise.resolve(x) },
    };
    const images = new ScriptedImages({ later: { 'acme/y:2': TWO } });
    const run = await runScripted(program, stores(), { entry: 'main', images });
    expect([run.value, images.asked]).toEqual([[1, 2, 3], ['acme/y:2']]);
  });

  it('Q6: what cannot be had is an error of the call, which names the image', async () => {
    const images = new ScriptedImages({});
    const program = calling('acme/none:1');
    const { end, executor } = await runScripted(program, stores(), { entry: 'main', images });
    expect(end.status).toBe('failed');
    expect(executor.executions).toEqual(['main()']);
    const bytes = end.outcome?.kind === 'error' ? end.outcome.bytes : new Uint8Array();
    expect(Buffer.from(bytes).toString('latin1')).toContain('no image "acme/none:1"');
  });

  it('the entry’s own is asked for before its run begins', async () => {
    const images = new ScriptedImages({ later: { 'acme/y:2': TWO } });
    const program: Program = { main: { code: '1', body: () => Promise.resolve(1) } };
    const code = codeOf(program, new Outside(), images);
    const task = 'main' as TaskId;
    expect(await resolveEntryImage(code, { task, override: undefined })).toMatchObject({
      ok: true,
    });
    expect(images.asked).toEqual([]);
    const asked = await resolveEntryImage(code, { task, override: overriding('acme/y:2') });
    expect([asked.ok, images.asked]).toEqual([true, ['acme/y:2']]);
    const none = await resolveEntryImage(code, { task, override: overriding('acme/none:1') });
    expect(none).toMatchObject({ ok: false, failure: { code: 'image-not-found' } });
  });

  it('Q6: a plan asks for it as a run does', async () => {
    const kept = stores();
    const program = calling('acme/y:2');
    const later = (digest: string) => new ScriptedImages({ later: { 'acme/y:2': digest } });
    await runScripted(program, kept, { entry: 'main', images: later(TWO) });
    const same = await planScripted(program, kept, { entry: 'main', images: later(TWO) });
    expect(same.counts).toMatchObject({ execute: 0 });
    const moved = await planScripted(program, kept, { entry: 'main', images: later(ONE) });
    expect(moved.counts).toMatchObject({ execute: 1 });
  });

  it('R1 R6: what earlier runs and attempts finished is found before it is asked for', async () => {
    const override = overriding('acme/y:2');
    const program = (ends: boolean): Program => ({
      main: {
        code: '1',
        body: async (run) => {
          const value = await run.overridden('child', override, 1);
          if (!ends) throw new Thrown('not yet');
          return value;
        },
      },
      child: { code: '1', body: (_, x: number) => Promise.resolve(x) },
    });
    const later = () => new ScriptedImages({ later: { 'acme/y:2': TWO } });
    const first = await runScripted(program(false), stores(), { entry: 'main', images: later() });
    const again = await goOn(program(true), [[first, program(false)]], { images: later() });
    expect(again.executions).toEqual(['main()']);
    expect(again.end.adoption).toEqual({ adopted: 1, madeByEarlier: 0, made: [] });
  });
});

describe('going on after an image changed', () => {
  const failing = (options: Partial<TaskOptions>, ends: boolean): Program => ({
    main: {
      code: '1',
      body: async (run) => [await run.call('inside', 1), await run.call('last')],
    },
    inside: inImage('acme/x:1', options),
    last: {
      code: ends ? '2' : '1',
      body: () => (ends ? Promise.resolve('done') : Promise.reject(new Thrown('not yet'))),
    },
  });

  it.for([
    ['cached', AUTO],
    ['uncached', OFF],
  ] as const)(
    'R1 R2 M1: a %s result of another image is adopted, and told',
    async ([, options]) => {
      const known = { 'acme/x:1': ONE };
      const before = failing(options, false);
      const images = new ScriptedImages({ known });
      const first = await runScripted(before, stores(), { entry: 'main', images });
      const goingOn = async (now: ScriptedImages) => {
        const again = await goOn(failing(options, true), [[first, before]], { images: now });
        expect(again.executions).toEqual(['main()', 'last()']);
        return again.end.adoption?.made;
      };
      const image = { name: 'acme/x:1', applied: true, node: '26' };
      const ran = { ...image, digest: ONE };
      expect(await goingOn(images)).toEqual([]);
      expect(await goingOn(new ScriptedImages({ known: { 'acme/x:1': TWO } }))).toEqual([
        {
          reason: {
            kind: 'key-changed',
            changes: [{ kind: 'image', before: ran, after: { ...image, digest: TWO } }],
          },
          actions: 1,
        },
      ]);
      const host = new ScriptedImages({ known, imageFor: hostOnly });
      expect(await goingOn(host)).toEqual([
        {
          reason: {
            kind: 'key-changed',
            changes: [
              {
                kind: 'image',
                before: ran,
                after: { digest: ONE, applied: false, name: 'acme/x:1' },
              },
            ],
          },
          actions: 1,
        },
      ]);
    },
  );
});
