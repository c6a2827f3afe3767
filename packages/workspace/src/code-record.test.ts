import { decode, digestOf } from '@skein/values';
import type { KeyBase, PreparedTask } from '@skein/engine';
import type { CodeManifest, CodePart, TaskId } from '@skein/model';
import { MemoryTraces } from '@skein/store';
import { describe, expect, it } from 'vitest';
import { CodeChanges, keepCode } from './code-record.ts';

const TASK = 'src/main.ts#main' as TaskId;

function symbol(name: string, text: string): CodePart {
  return { kind: 'symbol', module: 'src/a.ts', name, digest: digestOf('symbol', text) };
}

function manifestOf(...parts: readonly CodePart[]): Map<TaskId, CodeManifest> {
  const digest = digestOf('code', JSON.stringify(parts));
  return new Map([[TASK, { task: TASK, digest, parts }]]);
}

function prepared(manifests: ReadonlyMap<TaskId, CodeManifest>, node = '26'): PreparedTask {
  const digest = manifests.get(TASK)?.digest ?? digestOf('code', '');
  const base: KeyBase = {
    format: 1,
    task: TASK,
    code: { kind: 'digest', digest },
    variables: [],
    platform: { node, os: 'linux', arch: 'x64', libc: 'glibc' },
  };
  return { id: TASK, base } as PreparedTask;
}

describe('what changed', () => {
  it('names nothing for a task that was never executed', () => {
    const manifests = manifestOf(symbol('helper', '1'));
    const changes = new CodeChanges(new MemoryTraces(), manifests);
    expect(changes.of(prepared(manifests))).toBeUndefined();
  });

  it('names the symbols that are new, gone or different since the last execution', () => {
    const store = new MemoryTraces();
    const before = manifestOf(symbol('same', '1'), symbol('edited', '1'), symbol('gone', '1'));
    const first = new CodeChanges(store, before);
    first.of(prepared(before));
    first.close();
    const now = manifestOf(symbol('same', '1'), symbol('edited', '2'), symbol('fresh', '1'));
    const changes = new CodeChanges(store, now).of(prepared(now));
    expect(changes).toEqual(['src/a.ts#edited', 'src/a.ts#fresh', 'src/a.ts#gone']);
  });

  it('Q6: names the platform where only that is another', () => {
    const store = new MemoryTraces();
    const manifests = manifestOf(symbol('same', '1'));
    const first = new CodeChanges(store, manifests);
    first.of(prepared(manifests));
    first.close();
    const changes = new CodeChanges(store, manifests);
    expect(changes.of(prepared(manifests, '27'))).toEqual(['platform']);
  });
});

describe('the code of a run', () => {
  it('is kept: manifests and the emitted text of each symbol, by digest', () => {
    const store = new MemoryTraces();
    const part = symbol('helper', 'const helper = 1');
    const manifests = manifestOf(part);
    const digest = keepCode(store, manifests, () => 'const helper = 1');
    expect(decode(store.kept('code-manifests', digest) ?? new Uint8Array())).toEqual([
      ...manifests.values(),
    ]);
    const kept = part.kind === 'symbol' ? store.kept('symbol', part.digest) : undefined;
    expect(Buffer.from(kept ?? []).toString()).toBe('const helper = 1');
  });
});
