import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@skein/values';
import type { Failure } from '@skein/model';
import { expect, it } from 'vitest';
import { openCopy } from './copy-state.ts';
import { openState } from './state.ts';
import { systemClock, systemRandomness } from './system.ts';

const options = { clock: systemClock, randomness: systemRandomness, warn: () => undefined };

const REFUSAL: Failure = {
  code: 'state-unwritable',
  kind: 'environment',
  headline: 'it cannot be written',
  facts: [],
};

function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'skein-copy-test-'));
}

it('a state that cannot be written is read in a copy, which goes when it is closed', () => {
  const path = temporary();
  const key = digestOf('manifest', 'a');
  const written = openState(path, options);
  if (!written.ok) throw new Error(written.failure.headline);
  written.value.traces.keep('test', key, Buffer.from('kept'));
  const journal = written.value.openJournal(() => undefined);
  expect(journal.ok && journal.value.close().ok).toBe(true);
  const copies = (): number =>
    readdirSync(tmpdir()).filter((name) => name.startsWith('skein-state-')).length;
  const before = copies();
  const copy = openCopy(path, options, REFUSAL);
  expect(copies()).toBe(before + 1);
  const read = copy.ok ? copy.value.traces.kept('test', key) : undefined;
  expect(Buffer.from(read ?? []).toString()).toBe('kept');
  if (copy.ok) copy.value.close();
  expect(copies()).toBe(before);
  written.value.close();
  rmSync(path, { recursive: true });
});

it('where there is nothing to read the refusal stands', () => {
  const path = temporary();
  const copy = openCopy(path, options, REFUSAL);
  expect(copy).toEqual({ ok: false, failure: REFUSAL });
  rmSync(path, { recursive: true });
});
