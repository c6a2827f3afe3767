import { decode, digestOf, encode } from '@skein/values';
import type { PackageMember } from '@skein/analysis';
import type { CheckpointId, CodeManifest, CodePart, TaskId } from '@skein/model';
import { MemoryTraces } from '@skein/store';
import { expect, it } from 'vitest';
import {
  type Code,
  type Definitions,
  type SymbolSource,
  definitionsKey,
  keepCode,
  keepDefinitions,
  readCode,
  readDefinitions,
  readPackage,
  readSource,
} from './code-record.ts';

const TASK = 'src/main.ts#main' as TaskId;
const digest = digestOf('symbol', 'const helper = 1');
const part: CodePart = { kind: 'symbol', module: 'src/a.ts', name: 'helper', digest };
const source: SymbolSource = { line: 7, text: 'const helper = 1;' };

function manifestOf(...parts: readonly CodePart[]): ReadonlyMap<TaskId, CodeManifest> {
  const code = digestOf('code', JSON.stringify(parts));
  return new Map([[TASK, { task: TASK, digest: code, parts }]]);
}

function codeOf(
  manifests: Code['manifests'],
  symbolSource: Code['symbolSource'],
  members?: readonly PackageMember[],
): Code {
  return { manifests, symbolSource, packageClosure: () => members };
}

it('the code of a run is kept: manifests, and the author’s lines of each declaration', () => {
  const store = new MemoryTraces();
  const manifests = manifestOf(part);
  const kept = keepCode(
    store,
    codeOf(manifests, () => source),
  );
  expect(readCode(store, kept)).toEqual(manifests);
  expect(readSource(store, digest)).toEqual(source);
});

it('lines are asked for once for each declaration, and stay those it was first seen with', () => {
  const store = new MemoryTraces();
  const asked: CodePart[] = [];
  const ask = (of: CodePart): SymbolSource => {
    asked.push(of);
    return { line: asked.length, text: 'x' };
  };
  const other: CodePart = { ...part, digest: digestOf('symbol', 'const helper = 2') };
  keepCode(store, codeOf(manifestOf(part), ask));
  keepCode(store, codeOf(manifestOf(part, other, other), ask));
  expect(asked).toEqual([part, other]);
  expect(readSource(store, digest)?.line).toBe(1);
});

it('P4: what is not kept, or cannot be read, is not shown', () => {
  const store = new MemoryTraces();
  store.keep('symbol', digest, Buffer.from('damaged'));
  store.keep('code-manifests', digest, encode(7));
  expect(readSource(store, digest)).toBeUndefined();
  expect(readCode(store, digest)).toBeUndefined();
  store.keep('code-manifests', digest, Buffer.from('damaged'));
  expect(readCode(store, digest)).toBeUndefined();
  expect(readSource(store, digestOf('symbol', 'other'))).toBeUndefined();
});

it('C6: what a package depends on is kept with it', () => {
  const store = new MemoryTraces();
  const installed = digestOf('package', 'scales and steps');
  const members = ['scales', 'steps'].map((name) => {
    return { name, version: '1.0.0', files: digestOf('package', name) };
  });
  const scales: CodePart = { kind: 'package', name: 'scales', version: '1.0.0', digest: installed };
  keepCode(
    store,
    codeOf(manifestOf(scales), () => undefined, members),
  );
  expect(readPackage(store, installed)).toEqual(members);
  expect(readPackage(store, digest)).toBeUndefined();
});

const NAME = { bundle: digestOf('bundle', 'bundle'), code: digestOf('manifest', 'manifests') };
const DEFINED: Definitions = {
  sourceDigest: digestOf('bundle', 'sources'),
  tasks: [
    {
      id: TASK,
      name: 'main',
      module: 'src/main.ts',
      line: 3,
      column: 1,
      exported: true,
      parameters: ['n'],
      rest: false,
      required: 1,
      code: digestOf('code', 'main'),
    },
  ],
  behaviours: new Map([
    [TASK, { task: TASK, retains: { what: 'memo', at: 'src/main.ts:1:1' }, impurities: [] }],
  ]),
  checkpoints: new Map([['src/main.ts#step' as CheckpointId, digestOf('code', 'step')]]),
  packages: [{ folder: 'node_modules/d3', digest: digestOf('package', 'd3') }],
};

it('PARITY 14: what running recorded code needs is kept with its bundle and manifests', () => {
  const store = new MemoryTraces();
  keepDefinitions(store, NAME, DEFINED);
  expect(readDefinitions(store, NAME)).toEqual(DEFINED);
  expect(readDefinitions(store, { ...NAME, code: NAME.bundle })).toBeUndefined();
});

it('P4: definitions that are damaged, or of another format, are as good as gone', () => {
  const store = new MemoryTraces();
  keepDefinitions(store, NAME, DEFINED);
  const [format, sum, body] = decode(
    store.kept('run-code', definitionsKey(NAME)) ?? new Uint8Array(),
  ) as [number, string, Uint8Array];
  const damaged = Uint8Array.from(body);
  damaged[40] = (damaged[40] ?? 0) ^ 1;
  for (const kept of [[format, sum, damaged], [format + 1, sum, body], [format], 7]) {
    store.keep('run-code', definitionsKey(NAME), encode(kept));
    expect(readDefinitions(store, NAME)).toBeUndefined();
  }
});
