import fc from 'fast-check';
import type { CachePolicy, TaskOptions } from '@skein/model';
import { type Body, Outside, type Program, type Script, Thrown } from './scripted.ts';

/** One step of a random task. `task` counts from the task's own index: calls go downwards only. */
export type Step =
  | { readonly kind: 'add'; readonly amount: number }
  | { readonly kind: 'call'; readonly task: number; readonly scale: number }
  | { readonly kind: 'parallel'; readonly task: number; readonly width: number }
  | { readonly kind: 'map'; readonly task: number; readonly width: number }
  | { readonly kind: 'if-even'; readonly step: Step }
  | { readonly kind: 'loop'; readonly times: number; readonly step: Step }
  | { readonly kind: 'catch'; readonly step: Step }
  | { readonly kind: 'throw-if-divides'; readonly by: number }
  /** Calls itself with less. */
  | { readonly kind: 'recurse' }
  | { readonly kind: 'read' | 'exists'; readonly file: number }
  | { readonly kind: 'list' }
  | { readonly kind: 'variable'; readonly variable: number }
  /** `text ??= readFileSync(…)` and `model ??= await load()`, in module variables. */
  | { readonly kind: 'keep-file'; readonly file: number }
  | { readonly kind: 'keep-call'; readonly task: number }
  | { readonly kind: 'write'; readonly file: number; readonly amount: number };

export interface RandomTask {
  readonly steps: readonly Step[];
  readonly cache: 'inherit' | 'disable' | 'auto' | 'salted' | 'version';
  /** Changes the code and nothing that it does. */
  readonly revision: number;
  readonly retains: boolean;
}

export type RandomProgram = readonly RandomTask[];

/** What programs may do besides calling each other in turn. */
export interface Features {
  readonly parallel?: boolean;
  readonly outside?: boolean;
  readonly retention?: boolean;
  readonly versions?: boolean;
  readonly writes?: boolean;
}

const CALLS: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), amount: fc.nat(5) }),
  fc.record({ kind: fc.constant('call' as const), task: fc.nat(3), scale: fc.nat(3) }),
  fc.record({
    kind: fc.constant('throw-if-divides' as const),
    by: fc.integer({ min: 2, max: 5 }),
  }),
  fc.constant({ kind: 'recurse' } as const),
);

const PARALLEL: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('parallel' as const, 'map' as const),
  task: fc.nat(3),
  width: fc.nat(4),
});

const OUTSIDE: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('read' as const, 'exists' as const), file: fc.nat(2) }),
  fc.constant({ kind: 'list' } as const),
  fc.record({ kind: fc.constant('variable' as const), variable: fc.nat(1) }),
);

const RETENTION: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('keep-file' as const), file: fc.nat(2) }),
  fc.record({ kind: fc.constant('keep-call' as const), task: fc.nat(3) }),
);

const WRITES: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('write' as const),
  file: fc.nat(2),
  amount: fc.nat(3),
});

function leaves(features: Features): fc.Arbitrary<Step> {
  return fc.oneof(
    { weight: 4, arbitrary: CALLS },
    ...(features.parallel === true ? [{ weight: 2, arbitrary: PARALLEL }] : []),
    ...(features.outside === true ? [{ weight: 2, arbitrary: OUTSIDE }] : []),
    ...(features.retention === true ? [{ weight: 2, arbitrary: RETENTION }] : []),
    ...(features.writes === true ? [{ weight: 1, arbitrary: WRITES }] : []),
  );
}

function steps(features: Features): fc.Arbitrary<Step[]> {
  const leaf = leaves(features);
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: leaf },
    fc.record({ kind: fc.constant('if-even' as const), step: leaf }),
    fc.record({ kind: fc.constant('loop' as const), times: fc.nat(3), step: leaf }),
    fc.record({ kind: fc.constant('catch' as const), step: leaf }),
  );
  return fc.array(step, { minLength: 1, maxLength: 4 });
}

function cacheModes({ versions }: Features): fc.Arbitrary<RandomTask['cache']> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant('inherit' as const) },
    { weight: 1, arbitrary: fc.constant('disable' as const) },
    { weight: 1, arbitrary: fc.constantFrom('auto' as const, 'salted' as const) },
    ...(versions === true ? [{ weight: 1, arbitrary: fc.constant('version' as const) }] : []),
  );
}

/** Programs of up to five tasks; task 0 is the entry and is cached. */
export function programs(features: Features): fc.Arbitrary<RandomProgram> {
  const task: fc.Arbitrary<RandomTask> = fc.record({
    steps: steps(features),
    cache: cacheModes(features),
    revision: fc.nat(1),
    retains: features.retention === true ? fc.boolean() : fc.constant(false),
  });
  return fc.array(task, { minLength: 2, maxLength: 5 });
}

/** The same program with one task's steps, cache mode or revision replaced. */
export function editsOf(program: RandomProgram, features: Features): fc.Arbitrary<RandomProgram> {
  return fc
    .record({
      index: fc.nat(program.length - 1),
      steps: fc.option(steps(features), { nil: undefined }),
      cache: fc.option(cacheModes(features), { nil: undefined, freq: 4 }),
    })
    .map(({ index, steps, cache }) =>
      program.map((one, at) => {
        if (at !== index) return one;
        return {
          ...one,
          steps: steps ?? one.steps,
          cache: cache ?? one.cache,
          revision: one.revision + 1,
        };
      }),
    );
}

const PLAIN: Features = { parallel: true };

export const randomProgram: fc.Arbitrary<RandomProgram> = programs(PLAIN);

export function edited(program: RandomProgram): fc.Arbitrary<RandomProgram> {
  return editsOf(program, PLAIN);
}

/** Three files in one folder and two variables, each there or not. */
export const randomOutside: fc.Arbitrary<Outside> = fc
  .record({
    files: fc.tuple(...[0, 1, 2].map(() => fc.option(fc.nat(2)))),
    variables: fc.tuple(...[0, 1].map(() => fc.option(fc.nat(2)))),
  })
  .map(({ files, variables }) => {
    const set = (values: readonly (number | null)[], name: (index: number) => string) =>
      values.flatMap((value, index) =>
        value === null ? [] : [[name(index), String(value)] as const],
      );
    return new Outside(set(files, fileName), set(variables, variableName));
  });

function fileName(index: number): string {
  return `data/f${index}`;
}

function variableName(index: number): string {
  return `V${index}`;
}

/**
 * The program as scripted tasks; a task's code is its text. `tagged`: what runs at the same time
 * never makes the same call, so that it does not matter which call comes first.
 */
export function toProgram(
  random: RandomProgram,
  { tagged = false }: { readonly tagged?: boolean } = {},
): Program {
  return Object.fromEntries(
    random.map((one, index) => [
      `t${index}`,
      {
        code: JSON.stringify([one.steps, one.revision]),
        options: optionsOf(one, index),
        retains: one.retains || one.steps.some(keeps),
        body: bodyOf(random, { index, tagged }),
      },
    ]),
  );
}

function keeps(step: Step): boolean {
  if ('step' in step) return keeps(step.step);
  return step.kind === 'keep-file' || step.kind === 'keep-call';
}

const POLICIES: Readonly<Record<RandomTask['cache'], CachePolicy>> = {
  inherit: { mode: 'inherit' },
  disable: { mode: 'disable' },
  auto: { mode: 'auto', ignoredInputs: [] },
  salted: { mode: 'auto', ignoredInputs: [], salt: 'a' },
  version: { mode: 'version', version: '1', ignoredInputs: [] },
};

function optionsOf({ cache }: RandomTask, index: number): Partial<TaskOptions> {
  if (index > 0) return { cache: POLICIES[cache] };
  return { cache: cache === 'salted' ? POLICIES.salted : POLICIES.auto };
}

interface Place {
  readonly index: number;
  readonly tagged: boolean;
}

function bodyOf(random: RandomProgram, { index, tagged }: Place): Body {
  return async (script: Script, input: number | readonly [number, string]) => {
    const [start, tag] = typeof input === 'number' ? [input, ''] : input;
    let value = start;
    for (const one of random[index]?.steps ?? []) {
      value = await take(one, { script, value, start, index, tag, tagged, tasks: random.length });
    }
    return value;
  };
}

interface State extends Place {
  readonly script: Script;
  readonly value: number;
  readonly start: number;
  readonly tag: string;
  readonly tasks: number;
}

async function take(one: Step, state: State): Promise<number> {
  const { value, script, start } = state;
  switch (one.kind) {
    case 'add':
      return value + one.amount;
    case 'call':
      return value + (await call(state, below(state, one.task), value * one.scale));
    case 'parallel': {
      const calls = range(one.width).map((offset) => {
        const branch = { ...state, tag: `${state.tag}.${offset}` };
        return call(branch, below(state, one.task), value + offset);
      });
      const settled = await Promise.allSettled(calls);
      return settled.reduce((sum, { status }) => sum + (status === 'fulfilled' ? 2 : 1), value);
    }
    case 'map':
      return map(state, below(state, one.task), one.width);
    case 'if-even':
      return value % 2 === 0 ? take(one.step, state) : value;
    case 'loop': {
      let looped = value;
      for (let round = 0; round < one.times + (value % 2); round += 1) {
        looped = await take(one.step, { ...state, value: looped });
      }
      return looped;
    }
    case 'catch':
      return take(one.step, state).catch((error: unknown) => {
        if (error instanceof Thrown) return value + error.message.length;
        throw error;
      });
    case 'throw-if-divides':
      if (value % one.by === 0) throw new Thrown(`${one.by} divides ${value}`);
      return value;
    case 'recurse':
      return start > 0 ? value + (await call(state, `t${state.index}`, (start - 1) % 4)) : value;
    case 'keep-call': {
      const target = below(state, one.task);
      if (target === undefined) return value;
      const kept = script.keep(`call ${target}`, () => call({ ...state, tag: '' }, target, 3));
      return value + (await kept);
    }
    default:
      return look(one, state);
  }
}

type Look = Extract<
  Step,
  { kind: 'read' | 'exists' | 'list' | 'variable' | 'keep-file' | 'write' }
>;

function look(one: Look, { script, value }: State): number {
  const numberOf = (text: string | undefined): number => (text === undefined ? 7 : Number(text));
  switch (one.kind) {
    case 'read':
      return value + numberOf(script.read(fileName(one.file)));
    case 'exists':
      return value + (script.exists(fileName(one.file)) ? 1 : 2);
    case 'list':
      return value + script.list('data').length;
    case 'variable':
      return value + numberOf(script.variable(variableName(one.variable)));
    case 'keep-file': {
      const path = fileName(one.file);
      return value + numberOf(script.keep(`file ${path}`, () => script.read(path)));
    }
    case 'write':
      script.write(fileName(one.file), String((value + one.amount) % 3));
      return value;
  }
}

async function map(state: State, target: string | undefined, width: number): Promise<number> {
  const { value, script, tagged } = state;
  if (target === undefined) return value;
  const items = range(width).map((offset) =>
    argument({ ...state, tag: `${state.tag}.${offset}` }, (value + offset) % 7),
  );
  const results = (await script.map(target, items, tagged ? 1 : 3)) as number[];
  return results.reduce((sum, result) => (sum * 3 + result) % 1_009, value);
}

async function call(state: State, target: string | undefined, value: number): Promise<number> {
  if (target === undefined) return 1;
  return ((await state.script.call(target, argument(state, value % 11))) as number) % 1_009;
}

function argument({ tagged, tag }: State, value: number): number | readonly [number, string] {
  return tagged ? [value, tag] : value;
}

function below(state: State, offset: number): string | undefined {
  const target = state.index + 1 + offset;
  return target < state.tasks ? `t${target}` : undefined;
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
