import { MemoryBlobs, MemoryTraces } from '@skein/store';
import { FailureError, fullFailure } from '@skein/model';
import type { Digest } from '@skein/values';
import { expect, it } from 'vitest';
import { type Program, runScripted } from '../test/scripted.ts';

/** A disk without room for anything large. */
class FullBlobs extends MemoryBlobs {
  override put(): Promise<Digest> {
    return Promise.reject(new FailureError(fullFailure('ENOSPC', '/state')));
  }
}

const LENGTH: Program = {
  main: { code: '1', body: (_, text: string) => Promise.resolve(text.length) },
};

it('P4 T5: an input that cannot be kept is told, and its action executes', async () => {
  const stores = { traces: new MemoryTraces(), blobs: new FullBlobs() };
  const run = await runScripted(LENGTH, stores, { entry: 'main', args: ['x'.repeat(100_000)] });
  expect(run.value).toBe(100_000);
  const warnings = run.events.filter(({ kind }) => kind === 'run-warned');
  expect(warnings).toMatchObject([{ warning: { code: 'disk-full', kind: 'warning' } }]);
});
