import fc from 'fast-check';
import type { TaskOptions } from '@skein/model';
import { type Body, type Program, type Script, Thrown } from './scripted.ts';

/** One step of a random task. `task` counts from the task's own index: calls go downwards only. */
export type Step =
  | { readonly kind: 'add'; readonly amount: number }
  | { readonly kind: 'call'; readonly task: number; readonly scale: number }
  | { readonly kind: 'parallel'; readonly task: number; readonly width: number }
  | { readonly kind: 'map'; readonly task: number; readonly width: number }
  | { readonly kind: 'if-even'; readonly step: Step }
  | { readonly kind: 'loop'; readonly times: number; readonly step: Step }
  | { readonly kind: 'catch'; readonly step: Step }
  | { readonly kind: 'throw-if-divides'; readonly by: number };

export interface RandomTask {
  readonly steps: readonly Step[];
  readonly cache: 'inherit' | 'disable';
  /** Changes the code and nothing that it does. */
  readonly revision: number;
}

export type RandomProgram = readonly RandomTask[];

const leaf: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), amount: fc.nat(5) }),
  fc.record({ kind: fc.constant('call' as const), task: fc.nat(3), scale: fc.nat(3) }),
  fc.record({ kind: fc.constant('parallel' as const), task: fc.nat(3), width: fc.nat(3) }),
  fc.record({ kind: fc.constant('map' as const), task: fc.nat(3), width: fc.nat(4) }),
  fc.record({
    kind: fc.constant('throw-if-divides' as const),
    by: fc.integer({ min: 2, max: 5 }),
  }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: leaf },
  fc.record({ kind: fc.constant('if-even' as const), step: leaf }),
  fc.record({ kind: fc.constant('loop' as const), times: fc.nat(3), step: leaf }),
  fc.record({ kind: fc.constant('catch' as const), step: leaf }),
);

const task: fc.Arbitrary<RandomTask> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 4 }),
  cache: fc.oneof(
    { weight: 6, arbitrary: fc.constant('inherit' as const) },
    { weight: 1, arbitrary: fc.constant('disable' as const) },
  ),
  revision: fc.nat(1),
});

/** Programs of up to five tasks; task 0 is the entry and is cached. */
export const randomProgram: fc.Arbitrary<RandomProgram> = fc.array(task, {
  minLength: 2,
  maxLength: 5,
});

/** The same program with one task's steps or revision replaced. */
export function edited(program: RandomProgram): fc.Arbitrary<RandomProgram> {
  return fc
    .record({
      index: fc.nat(program.length - 1),
      steps: fc.option(fc.array(step, { minLength: 1, maxLength: 4 }), { nil: undefined }),
    })
    .map(({ index, steps }) =>
      program.map((one, at) => {
        if (at !== index) return one;
        return { ...one, steps: steps ?? one.steps, revision: one.revision + 1 };
      }),
    );
}

/** The program as scripted tasks; a task's code is its text. */
export function toProgram(random: RandomProgram): Program {
  return Object.fromEntries(
    random.map((one, index) => [
      `t${index}`,
      {
        code: JSON.stringify([one.steps, one.revision]),
        options: optionsOf(one, index),
        body: bodyOf(random, index),
      },
    ]),
  );
}

function optionsOf(one: RandomTask, index: number): Partial<TaskOptions> {
  if (index === 0) return { cache: { mode: 'auto', ignoredInputs: [] } };
  return one.cache === 'disable' ? { cache: { mode: 'disable' } } : {};
}

function bodyOf(random: RandomProgram, index: number): Body {
  return async (script: Script, input: number) => {
    let value = input;
    for (const one of random[index]?.steps ?? []) {
      value = await take(one, { script, value, index, tasks: random.length });
    }
    return value;
  };
}

interface State {
  readonly script: Script;
  readonly value: number;
  readonly index: number;
  readonly tasks: number;
}

async function take(one: Step, state: State): Promise<number> {
  const { value, script } = state;
  switch (one.kind) {
    case 'add':
      return value + one.amount;
    case 'call':
      return value + (await call(state, one.task, value * one.scale));
    case 'parallel': {
      const calls = range(one.width).map((offset) => call(state, one.task, value + offset));
      const settled = await Promise.allSettled(calls);
      return settled.reduce((sum, { status }) => sum + (status === 'fulfilled' ? 2 : 1), value);
    }
    case 'map': {
      const target = below(state, one.task);
      if (target === undefined) return value;
      const items = range(one.width).map((offset) => (value + offset) % 7);
      const results = (await script.map(target, items, 3)) as number[];
      return results.reduce((sum, result) => (sum * 3 + result) % 1_009, value);
    }
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
  }
}

async function call(state: State, offset: number, argument: number): Promise<number> {
  const target = below(state, offset);
  if (target === undefined) return 1;
  return ((await state.script.call(target, argument % 11)) as number) % 1_009;
}

function below(state: State, offset: number): string | undefined {
  const target = state.index + 1 + offset;
  return target < state.tasks ? `t${target}` : undefined;
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
