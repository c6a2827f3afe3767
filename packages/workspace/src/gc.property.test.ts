import { join } from 'node:path';
import fc from 'fast-check';
import { decode, digestHex, referencesIn, unpackDigests } from '@skein/values';
import { recallInputs } from '@skein/engine';
import { eventsOf, readRun, recordedRuns } from '@skein/journal';
import type { Outcome, RunId, Trace } from '@skein/model';
import { INPUT_BLOB, LOG_KIND, Pins, Survey, VALUE_KIND } from '@skein/store';
import { expect, test } from 'vitest';
import { BEGIN, DAY, History, type PastAction, type PastRun } from '../test/history.ts';
import { namesIn, shardedContent } from './gc-content.ts';
import { gc } from './gc.ts';
import { setPin } from './pin.ts';

const action: fc.Arbitrary<PastAction> = fc.record({
  task: fc.integer({ min: 0, max: 2 }),
  input: fc.integer({ min: 0, max: 4 }),
  kind: fc.constantFrom('inline', 'artifact', 'error'),
  large: fc.boolean(),
  traced: fc.boolean(),
  logged: fc.boolean(),
  saved: fc.boolean(),
});

const past: fc.Arbitrary<PastRun> = fc.record({
  day: fc.integer({ min: 0, max: 90 }),
  status: fc.constantFrom('succeeded', 'succeeded', 'failed', 'cancelled', 'interrupted'),
  pinned: fc.boolean(),
  resumes: fc.integer({ min: 0, max: 2 }),
  actions: fc.array(action, { maxLength: 4 }),
});

const request = fc.record({
  olderThanMs: fc.integer({ min: 0, max: 60 }).map((days) => days * DAY),
  keep: fc.constantFrom(0, 0, 1, 3),
  unfinished: fc.boolean(),
});

/** What is left, looked at as its readers do. */
class Left {
  readonly #history: History;
  readonly files = new Set<string>();
  readonly blobs = new Set<string>();
  readonly values = new Set<string>();

  constructor(history: History) {
    this.#history = history;
  }

  async checkRuns(): Promise<readonly RunId[]> {
    const { state } = this.#history.opened;
    const runs = recordedRuns(state.db, () => false);
    if (!runs.ok) throw new Error(runs.failure.headline);
    for (const { run, number } of runs.value) {
      must(readRun(state.db, run, () => false).ok, `${run} can be read`);
      const saves = new Map<number, Outcome>();
      for (const event of eventsOf(state.db, number)) {
        if (event.kind === 'action-started' || event.kind === 'action-finished') {
          await this.#checkInputs(event.inputs.map(({ digest }) => digest));
        }
        if (event.kind === 'action-finished') await this.#checkOutcome(event.outcome);
        if (event.kind === 'checkpoint-recorded') await this.#checkOutcome(event.record.outcome);
        if (event.kind === 'snapshot-saved') saves.set(event.action, event.snapshot.value);
      }
      for (const value of saves.values()) await this.#checkOutcome(value);
    }
    return runs.value.map(({ run }) => run);
  }

  /** T5: a check needs the inputs of the calls that are recorded, and the log. */
  async checkTraces(): Promise<readonly Trace[]> {
    const { state } = this.#history.opened;
    const traces = [...new Survey(state.db).traces()].flatMap(({ trace }) => trace ?? []);
    for (const { outcome, waves, log } of traces) {
      await this.#checkOutcome(outcome);
      for (const seen of waves.flat()) {
        if (seen.kind === 'call') await this.#checkInputs(seen.inputs);
      }
      const isWhole = log === null || state.traces.kept(LOG_KIND, log.digest) !== undefined;
      must(isWhole, 'a log is kept as long as its trace');
    }
    return traces;
  }

  /** What nothing of that has named has no place any more. */
  checkNothingElse(): void {
    const { path, db } = this.#history.opened.state;
    const blobs = [...shardedContent(join(path, 'blobs'))].map(({ hex }) => hex);
    const files = [...shardedContent(join(path, 'files'))].map(({ hex }) => hex);
    const nameless = [
      ...blobs.filter((hex) => !this.blobs.has(hex)),
      ...files.filter((hex) => !this.files.has(hex)),
      ...namesIn(join(path, 'files', 'named')),
    ];
    must(nameless.length === 0, `nobody names ${nameless.join()}`);
    for (const { kind, key } of new Survey(db).kept()) {
      const isValue = kind === VALUE_KIND || kind === INPUT_BLOB;
      must(!isValue || this.values.has(key), `somebody names ${key}`);
    }
  }

  async #checkInputs(inputs: Parameters<typeof recallInputs>[1]): Promise<void> {
    const { state } = this.#history.opened;
    const recalled = await recallInputs(state, inputs);
    must(recalled !== undefined, 'inputs are recalled');
    for (const [index, bytes] of recalled?.entries() ?? []) {
      const digest = inputs[index];
      if (digest === undefined || bytes === null) continue;
      this.values.add(digest);
      const blob = state.traces.kept(INPUT_BLOB, digest);
      if (blob !== undefined) this.blobs.add(Buffer.from(blob).toString('latin1').slice(0, 64));
      await this.#checkFiles(bytes);
    }
  }

  async #checkOutcome(outcome: Outcome): Promise<void> {
    if (outcome.kind === 'error' || outcome.value.at === 'artifact') return;
    await this.#checkFiles(outcome.value.bytes);
    const { artifact, files } = outcome;
    if (artifact === undefined || files === undefined) return;
    this.blobs.add(digestHex(artifact));
    must(await this.#history.opened.state.blobs.has(artifact), `${artifact} is there`);
    for (const file of unpackDigests(files)) {
      const holder = this.#history.opened.state.traces.artifactOf(file);
      must(holder === artifact, `${file} is known to be in its artifact`);
    }
  }

  async #checkFiles(bytes: Uint8Array): Promise<void> {
    for (const reference of referencesIn(bytes)) {
      if (reference.kind !== 'file') continue;
      this.files.add(digestHex(reference.digest));
      const isThere = await this.#history.opened.files.has(reference.digest);
      must(isThere, `the file ${reference.digest} is there`);
    }
    decode(bytes, { revive: () => null });
  }
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not so: ${what}`);
}

/** Which runs have to go, told apart from the policy's own code: R3 walked from every run. */
function mustGo(
  runs: readonly PastRun[],
  given: { olderThanMs: number; keep: number; unfinished: boolean },
  now: number,
): readonly number[] {
  const before = (index: number): number => {
    const { resumes } = runs[index] ?? { resumes: 0 };
    return resumes === 0 ? -1 : index - resumes;
  };
  const ancestors = (index: number): number[] => {
    const from = before(index);
    return from < 0 ? [] : [from, ...ancestors(from)];
  };
  const done = new Set(
    runs.flatMap(({ status }, index) => (status === 'succeeded' ? ancestors(index) : [])),
  );
  const open = runs.flatMap(({ status }, index) =>
    status === 'succeeded' || done.has(index) || given.unfinished ? [] : [index],
  );
  const needed = new Set(open.flatMap((index) => [index, ...ancestors(index)]));
  const free = runs.flatMap(({ pinned }, index) => (pinned || needed.has(index) ? [] : [index]));
  const choosable = given.keep === 0 ? free : free.slice(0, -given.keep);
  const limit = now - given.olderThanMs;
  return choosable.filter((index) => BEGIN + (runs[index]?.day ?? 0) * DAY <= limit);
}

test('R3 D5 P4: what stays is whole, what may go is gone, nothing else is left', async () => {
  const histories = fc.array(past, { minLength: 1, maxLength: 8 });
  const property = fc.asyncProperty(histories, request, async (runs, given) => {
    using history = new History();
    for (const run of runs) {
      const recorded = await history.record(run);
      if (run.pinned) expect(setPin(history.opened, recorded, true).ok).toBe(true);
    }
    history.now = BEGIN + 90 * DAY;
    const foreseen = await gc(history.opened, { ...given, dryRun: true });
    const report = await gc(history.opened, given);
    if (!foreseen.ok || !report.ok) throw new Error('it failed');
    const going = mustGo(runs, given, history.now).map((index) => history.runs[index]);
    expect(report.value.runs).toEqual(going);
    expect(foreseen.value.runs).toEqual(going);
    expect(foreseen.value.removed).toEqual(report.value.removed);
    const left = new Left(history);
    const staying = history.runs.filter((run) => !going.includes(run));
    expect(await left.checkRuns()).toEqual(staying);
    await left.checkTraces();
    left.checkNothingElse();
    expect(new Pins(history.opened.state.db).list()).toHaveLength(
      runs.filter(({ pinned }) => pinned).length,
    );
    const again = await gc(history.opened, given);
    expect(again.ok && again.value.removed.size).toBe(0);
  });
  await fc.assert(property, { numRuns: 40 });
});

test('W5: whoever dies at any step leaves a working state, and the next one ends it', async () => {
  const histories = fc.array(past, { minLength: 2, maxLength: 6 });
  const steps = fc.integer({ min: 0, max: 25 });
  const property = fc.asyncProperty(histories, request, steps, async (runs, given, last) => {
    using history = new History();
    for (const run of runs) await history.record(run);
    history.now = BEGIN + 90 * DAY;
    let step = 0;
    const progress = (): void => {
      step += 1;
      if (step > last) throw new Death('here');
    };
    await gc(history.opened, { ...given, progress }).catch((error: unknown) => {
      if (!(error instanceof Death)) throw error;
    });
    await new Left(history).checkRuns();
    await new Left(history).checkTraces();
    expect((await gc(history.opened, given)).ok).toBe(true);
    const left = new Left(history);
    await left.checkRuns();
    await left.checkTraces();
    left.checkNothingElse();
  });
  await fc.assert(property, { numRuns: 30 });
});

class Death extends Error {
  override readonly name = 'Death';
}
