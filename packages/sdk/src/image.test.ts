import { FailureError, imageIdentity } from '@skein/model';
import { describe, expect, test } from 'vitest';
import { environment } from './environment.ts';
import { image } from './image.ts';
import type { ImageRecipeInput } from './image.ts';
import { mergeOptions, parseOptions } from './options.ts';
import { applyOverride, encodeOverride, parseOverride } from './override.ts';
import { taskOptions } from './task.ts';

const full = {
  name: 'team/langid',
  from: 'python:3.12-slim',
  apt: ['libgomp1', 'git'],
  npm: ['@acme/tool@1.2.3'],
  pip: ['scikit-learn==1.5.2', 'x >= 2; python_version < "3.13"'],
  copy: { './scripts/': '/app/scripts', 'a.json': '/app/a.json' },
  env: { PYTHONUNBUFFERED: '1', A: '' },
  run: ['python3 -m compileall /app && true'],
};

test('an image is what an environment and a task take, and a recipe in their options', () => {
  const env = environment({ name: 'main', image: image(full) });
  const task = env.task(async () => 1);
  expect(taskOptions(task).image).toEqual({
    name: 'team/langid',
    from: 'python:3.12-slim',
    apt: ['libgomp1', 'git'],
    npm: ['@acme/tool@1.2.3'],
    pip: ['scikit-learn==1.5.2', 'x >= 2; python_version < "3.13"'],
    copy: [
      { from: 'scripts', to: '/app/scripts' },
      { from: 'a.json', to: '/app/a.json' },
    ],
    env: { A: '', PYTHONUNBUFFERED: '1' },
    run: ['python3 -m compileall /app && true'],
  });
  const other = env.task({ image: image({ from: 'alpine:3' }) }, async () => 1);
  expect(taskOptions(other).image).toEqual({
    from: 'alpine:3',
    apt: [],
    npm: [],
    pip: [],
    copy: [],
    env: {},
    run: [],
  });
  expect(taskOptions(env.task({ image: 'alpine:3' }, async () => 1)).image).toBe('alpine:3');
});

test('nobody can change an image afterwards, and people read what it is called', () => {
  const apt = ['git'];
  const made = image({ from: 'alpine:3', apt });
  apt.push('curl');
  const { image: recipe } = parseOptions({ image: made }, 'x');
  expect(recipe).toMatchObject({ apt: ['git'] });
  expect(Object.isFrozen(made)).toBe(true);
  expect(Object.isFrozen(recipe)).toBe(true);
  expect(Object.isFrozen((recipe as { apt: unknown }).apt)).toBe(true);
  expect(made.name).toBe('built from alpine:3');
  expect(image({ ...full }).name).toBe('team/langid');
});

test('an override with an image travels as bytes, and is the same image there', () => {
  const override = parseOverride({ image: image(full), network: true }, 'x');
  const bytes = encodeOverride(override);
  if (bytes === undefined) throw new Error('nothing was encoded');
  const applied = applyOverride(mergeOptions(), bytes);
  if (!applied.ok) throw new FailureError(applied.failure);
  expect(applied.value.network).toBe(true);
  const [before, after] = [override.options.image, applied.value.image];
  if (before === undefined || after === undefined) throw new Error('no image');
  expect(imageIdentity(after)).toBe(imageIdentity(before));
});

test('without options a task has no network, and runs in its image if it names one', () => {
  expect(mergeOptions()).toMatchObject({ network: false });
  expect(mergeOptions()).not.toHaveProperty('isolation');
});

describe('a recipe that is none is refused where it is written', () => {
  test.each<[string, unknown, string]>([
    ['no base', {}, "option 'from' of an image: given undefined"],
    ['a base with a blank', { from: 'a b' }, "option 'from' of an image: given 'a b'"],
    ['a base that is an option', { from: '--privileged' }, "option 'from' of an image"],
    ['no such step', { from: 'a', yum: [] }, "option 'yum' of an image"],
    ['a package that is an option', { from: 'a', apt: ['-y'] }, "option 'apt.0' of an image"],
    ['two packages in one', { from: 'a', apt: ['a b'] }, "option 'apt.0' of an image"],
    ['a requirement of two lines', { from: 'a', pip: ['a\nb'] }, "option 'pip.0' of an image"],
    ['a path out of the workspace', { from: 'a', copy: { '../a': '/a' } }, "copy['../a']"],
    ['an absolute path', { from: 'a', copy: { '/etc': '/a' } }, "copy['/etc']"],
    ['a relative target', { from: 'a', copy: { a: 'b' } }, "option 'copy.a' of an image"],
    ['a target with dots', { from: 'a', copy: { a: '/a/../b' } }, "option 'copy.a' of an image"],
    ['a variable that is none', { from: 'a', env: { 'A B': 'x' } }, "option 'env' of an image"],
    ['a variable of two lines', { from: 'a', env: { A: 'x\ny' } }, "option 'env.A' of an image"],
    ['a name with capitals', { from: 'a', name: 'LangId' }, "option 'name' of an image"],
    ['an empty line', { from: 'a', run: [''] }, "option 'run.0' of an image"],
  ])('%s', (_, input, message) => {
    expect(() => image(input as ImageRecipeInput)).toThrow(FailureError);
    expect(() => image(input as ImageRecipeInput)).toThrow(message);
  });

  test('what is neither a reference nor an image', () => {
    for (const wrong of ['', 'a b', { from: 'a' }, 1]) {
      expect(() => parseOptions({ image: wrong }, 'x')).toThrow("option 'image' of x");
    }
  });
});
