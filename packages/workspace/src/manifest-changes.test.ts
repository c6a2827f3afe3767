import { digestOf } from '@skein/values';
import type { CodePart, TaskId } from '@skein/model';
import { describe, expect, it } from 'vitest';
import { manifestChanges } from './manifest-changes.ts';

const digest = (text: string) => digestOf('symbol', text);

function symbol(name: string, text: string): CodePart {
  return { kind: 'symbol', module: 'src/a.ts', name, digest: digest(text) };
}

function effect(text: string): CodePart {
  return { kind: 'effect', module: 'src/a.ts', digest: digest(text) };
}

function order(value: string): CodePart {
  return { kind: 'setting', name: 'order of evaluation', value };
}

describe('manifestChanges', () => {
  it('is empty where nothing changed', () => {
    const parts = [symbol('a', '1'), effect('x'), order('1')];
    expect(manifestChanges(parts, [...parts])).toEqual([]);
  });

  it('pairs what was edited, and names what is new and what is gone', () => {
    const before = [symbol('edited', '1'), symbol('gone', '1'), symbol('same', '1')];
    const now = [symbol('edited', '2'), symbol('fresh', '1'), symbol('same', '1')];
    expect(manifestChanges(before, now)).toEqual([
      {
        kind: 'symbol',
        module: 'src/a.ts',
        name: 'edited',
        before: digest('1'),
        after: digest('2'),
      },
      { kind: 'symbol', module: 'src/a.ts', name: 'fresh', after: digest('1') },
      { kind: 'symbol', module: 'src/a.ts', name: 'gone', before: digest('1') },
    ]);
  });

  it('tells the versions of a package', () => {
    const at = (version: string): CodePart => ({
      kind: 'package',
      name: 'x',
      version,
      digest: digestOf('package', version),
    });
    expect(manifestChanges([at('1.0.0')], [at('2.0.0')])).toEqual([
      { kind: 'package', name: 'x', before: '1.0.0', after: '2.0.0' },
    ]);
  });

  it('tells a setting, data, a reference to a task and what it forwards to', () => {
    const id = 'src/b.ts#b' as TaskId;
    const forward = (text: string): CodePart => ({ kind: 'forward', id, digest: digest(text) });
    const data = (text: string): CodePart => ({
      kind: 'data',
      module: 'src/c.json',
      digest: digest(text),
    });
    const skein = (value: string): CodePart => ({ kind: 'setting', name: 'skein', value });
    const before = [skein('1'), data('1'), { kind: 'task' as const, id }, forward('1')];
    expect(manifestChanges(before, [skein('2'), data('2'), forward('2')])).toEqual([
      { kind: 'setting', name: 'skein', before: '1', after: '2' },
      { kind: 'data', module: 'src/c.json', before: digest('1'), after: digest('2') },
      { kind: 'forward', id, before: digest('1'), after: digest('2') },
      { kind: 'task', id, before: true },
    ]);
  });

  it('tells that one of two equal statements is gone', () => {
    expect(manifestChanges([effect('x'), effect('x')], [effect('x')])).toEqual([
      { kind: 'effect', module: 'src/a.ts', before: digest('x') },
    ]);
  });

  it('leaves out what only follows from a named difference', () => {
    const whole = (text: string): CodePart => ({
      kind: 'module',
      module: 'src/a.ts',
      reason: 'eval',
      digest: digest(text),
    });
    const before = [symbol('a', '1'), whole('1'), order('1')];
    const now = [symbol('a', '2'), whole('2'), order('2')];
    expect(manifestChanges(before, now).map((it) => it.kind)).toEqual(['symbol']);
    expect(manifestChanges(before, [symbol('a', '1'), whole('2'), order('2')])).toEqual([
      { kind: 'module', module: 'src/a.ts', before: digest('1'), after: digest('2') },
      { kind: 'setting', name: 'order of evaluation', before: '1', after: '2' },
    ]);
  });
});
