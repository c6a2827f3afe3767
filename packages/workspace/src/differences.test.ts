import { readRun } from '@skein/journal';
import type { ActionImage, HostPlatform, ResolvedImage, TaskOptions, TaskRow } from '@skein/model';
import { fail } from '@skein/model';
import { DEFAULT_OPTIONS } from '@skein/sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAIN, RecordedRuns } from '../test/recorded-runs.ts';
import { differences } from './differences.ts';
import type { RecordedCode } from './recorded-code.ts';
import { hostPlatform } from './system.ts';

const ONE = `sha256:${'1'.repeat(64)}`;
const TWO = `sha256:${'2'.repeat(64)}`;
const RAN: ActionImage = { digest: ONE, applied: true, name: 'acme/x:1' };

let runs: RecordedRuns;
let recordedRuns = 0;
beforeEach(() => {
  runs = new RecordedRuns();
});
afterEach(() => runs.remove());

interface Today {
  readonly digest?: string;
  readonly isOnHost?: boolean;
  readonly options?: Partial<TaskOptions>;
}

/** What is said of a run whose entry ran so, on such a machine. */
async function said(
  then: { readonly image?: ActionImage; readonly platform?: HostPlatform },
  { digest, isOnHost = false, options = { image: 'acme/x:1' } }: Today,
): Promise<readonly unknown[]> {
  const { platform = hostPlatform() } = then;
  recordedRuns += 1;
  const name = `r${recordedRuns}`;
  runs.record(name, { ...then, status: 'succeeded', inputs: [], started: { platform } });
  const state = readRun(runs.state.db, name, () => false);
  if (!state.ok) throw new Error(state.failure.headline);
  const nothing = { manifests: new Map(), membersOf: () => undefined };
  const recorded = { ...nothing, code: nothing } as unknown as RecordedCode;
  const known: ResolvedImage | undefined =
    digest === undefined
      ? undefined
      : { name: 'acme/x:1', reference: `acme/x@${digest}`, digest, node: '26.0.0' };
  const row = { id: MAIN, options: { ...DEFAULT_OPTIONS, ...options } } as unknown as TaskRow;
  const say = await differences(runs.opened, state.value, recorded);
  const failure = say([row], {
    images: {
      known: () => known,
      resolve: () => Promise.resolve(fail({ ...NEVER })),
    },
    imageFor: ({ image }) => (isOnHost ? undefined : image),
  });
  return failure?.facts.slice(1) ?? [];
}

const NEVER = { code: 'image-not-found', kind: 'environment', headline: '', facts: [] } as const;

test('PARITY 14: the image of then and of today, by tag and digests', async () => {
  expect(await said({ image: RAN }, { digest: TWO })).toEqual([
    ['image', 'acme/x:1 sha256:111111111111 → sha256:222222222222'],
  ]);
});

test('PARITY 14: nothing is said where the image is what it was', async () => {
  expect(await said({ image: RAN }, { digest: ONE })).toEqual([]);
});

test('PARITY 14: what nobody knows today is not told as a change', async () => {
  expect(await said({ image: RAN }, {})).toEqual([]);
});

test('PARITY 14: a move to this machine, or from it', async () => {
  expect(await said({ image: RAN }, { digest: ONE, isOnHost: true })).toEqual([
    ['image', 'ran in image acme/x:1 sha256:111111111111, now on this machine'],
  ]);
  expect(await said({}, { digest: ONE })).toEqual([
    ['image', 'ran on this machine, now in image acme/x:1 sha256:111111111111'],
  ]);
});

test('PARITY 14: the machine counts for nothing where all ran in images', async () => {
  const platform = { ...hostPlatform(), node: '1.0.0' };
  expect(await said({ image: RAN, platform }, { digest: ONE })).toEqual([]);
  const [fact] = await said({ platform }, { options: {} });
  expect(fact).toEqual(['platform', `node 1.0.0 → ${hostPlatform().node}`]);
});
