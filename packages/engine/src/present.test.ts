import { digestOf, packDigests } from '@skein/values';
import type { Outcome, Trace } from '@skein/model';
import { expect, test } from 'vitest';
import { AUTO, Machine, eventOf } from '../test/far-machine.ts';
import { FarBlobs, FarStore } from '../test/far-store.ts';
import { type Program, runScripted } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

/** `make` has a result in an artifact, as if it had files. */
async function withArtifact(far: FarStore): Promise<{ program: Program; artifact: Outcome }> {
  const program: Program = {
    main: { code: '1', options: AUTO, body: (run) => run.call('make', 1) },
    make: { code: '1', body: (_run, n: number) => Promise.resolve(n) },
  };
  const digest = await far.blobs.put(Buffer.from('an artifact'));
  const files = packDigests([digestOf('blob', 'a file')]);
  const maker = new Machine(far);
  await runScripted(program, maker.near, { entry: 'main', far: maker.client });
  const outcomes = maker.client.offered.map((trace) => ({
    ...trace,
    outcome: { ...trace.outcome, artifact: digest, files } as Outcome,
  }));
  maker.client.offered.splice(0, Infinity, ...outcomes);
  maker.client.push();
  return { program, artifact: (outcomes[0] as Trace).outcome };
}

test('P4: an artifact is brought for who is answered by it, and for nobody else', async () => {
  const far = new FarStore();
  const { program } = await withArtifact(far);
  const blobs = new FarBlobs(far.blobs);
  const other = new Machine(far, { traces: stores().traces, blobs });
  const run = await other.run(program);
  expect(run.executions).toEqual([]);
  // `main` answers the run. That `make` came to the same says its trace alone.
  expect(blobs.brought).toHaveLength(1);
  const [file] = [digestOf('blob', 'a file')];
  expect(other.near.traces.artifactOf(file)).toBe(blobs.brought[0]);
});

test('P4: an artifact that cannot be brought is a miss, and its action executes', async () => {
  const far = new FarStore();
  const { program } = await withArtifact(far);
  for await (const digest of far.blobs.list()) await far.blobs.delete(digest);
  const other = new Machine(far, { traces: stores().traces, blobs: new FarBlobs(far.blobs) });
  const run = await other.run(program);
  expect([run.end.status, run.executions]).toEqual(['succeeded', ['main()', 'make(1)']]);
  expect(eventOf(run, 'main').verdict.reason).toMatchObject({ kind: 'bytes-missing' });
});
