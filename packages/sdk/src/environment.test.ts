import { FailureError } from '@skein/model';
import { expect, test } from 'vitest';
import { environment } from './environment.ts';
import type { EnvironmentInput, TaskOptionsInput } from './option-input.ts';
import { placeOf, taskOptions } from './task.ts';

test('a task has the options of its environment, replaced by its own', () => {
  const env = environment({ name: 'main', retries: 1, resources: { cpu: 1 } });
  const task = env.task({ resources: { memory: '1Gi' } }, async () => 1);
  expect(taskOptions(task)).toMatchObject({
    retries: { count: 1 },
    resources: { memoryBytes: 2 ** 30 },
  });
  expect(taskOptions(task).resources).not.toHaveProperty('cpu');
  expect(env.name).toBe('main');
});

test('an environment without a name is refused, with what is wanted', () => {
  for (const input of [{}, { name: '' }, { name: 1 }, undefined]) {
    expect(() => environment(input as unknown as EnvironmentInput)).toThrow(FailureError);
  }
  expect(() => environment({} as unknown as EnvironmentInput)).toThrow(
    "option 'name' of an environment: given undefined, wanted a string that is not empty",
  );
});

test('wrong options are refused where they are written', () => {
  const wrong = { timeout: 10 } as unknown as TaskOptionsInput;
  expect(() => environment({ name: 'main', ...wrong })).toThrow(
    "option 'timeout' of environment 'main'",
  );
  const env = environment({ name: 'main' });
  expect(() => env.task(wrong, async () => 1)).toThrow(
    "option 'timeout' of a task of environment 'main'",
  );
});

test('what is no function is no task', () => {
  const env = environment({ name: 'main' });
  const declare = env.task as unknown as (...args: unknown[]) => unknown;
  expect(() => declare({})).toThrow(TypeError);
  expect(() => declare({}, async () => 1, 3)).toThrow(TypeError);
});

test('a task knows where it was declared', () => {
  const task = environment({ name: 'main' }).task(async () => 1);
  const place = placeOf(task);
  expect(place?.module).toMatch(/environment\.test\.ts$/);
  expect(place?.line).toBeGreaterThan(40);
});
