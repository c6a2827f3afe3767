import { settingParts } from '@skein/analysis';
import type { InstalledNow } from '@skein/analysis';
import type { CodeManifest, CodePart, TaskId } from '@skein/model';
import { digestOf } from '@skein/values';
import { expect, it } from 'vitest';
import { type RecordedManifests, rekey } from './rekey.ts';

const TASK = 'src/main.ts#main' as TaskId;
const FOLDER = 'node_modules/d3';
const SYMBOL: CodePart = {
  kind: 'symbol',
  module: 'src/main.ts',
  name: 'main',
  digest: digestOf('symbol', 'main'),
};

function packagePart(version: string, content = version): CodePart {
  return { kind: 'package', name: 'd3', version, digest: digestOf('package', content) };
}

function installed(version: string, content = version): readonly [string, InstalledNow] {
  const digest = digestOf('package', content);
  return [FOLDER, { folder: FOLDER, name: 'd3', version, digest, members: [] }];
}

function recordedWith(...parts: readonly CodePart[]): RecordedManifests {
  const all = [...settingParts([]), ...parts];
  const digest = digestOf('code', JSON.stringify(all));
  const packages = parts.flatMap((part) =>
    part.kind === 'package' ? [{ folder: FOLDER, digest: part.digest }] : [],
  );
  return { manifests: new Map([[TASK, { task: TASK, digest, parts: all }]]), packages };
}

function manifestOf({ manifests }: RecordedManifests): CodeManifest | undefined {
  return manifests.get(TASK);
}

it('C6: with the recorded packages the keys are the recorded ones', () => {
  const recorded = recordedWith(SYMBOL, packagePart('1.0.0'));
  const today = { installed: new Map([installed('1.0.0')]), settings: settingParts([]) };
  expect(manifestOf(rekey(recorded, today))).toBe(manifestOf(recorded));
});

it('P1: another content of a package gives a digest of its own, the same each time', () => {
  const recorded = recordedWith(SYMBOL, packagePart('1.0.0'));
  const at = (version: string, content?: string): string | undefined => {
    const today = { installed: new Map([installed(version, content)]), settings: settingParts([]) };
    return manifestOf(rekey(recorded, today))?.digest;
  };
  const digests = [at('1.0.0'), at('1.1.0'), at('1.0.0', 'patched'), at('2.0.0', 'patched')];
  expect(new Set(digests).size).toBe(4);
  expect(at('1.1.0')).toBe(digests[1]);
});

it('P1: what was rekeyed and recorded is compared with what it was made with', () => {
  const today = { installed: new Map([installed('1.1.0')]), settings: settingParts([]) };
  const once = rekey(recordedWith(SYMBOL, packagePart('1.0.0')), today);
  expect(manifestOf(once)?.parts).toContainEqual(packagePart('1.1.0'));
  expect(manifestOf(rekey(once, today))).toBe(manifestOf(once));
  const back = { ...today, installed: new Map([installed('1.0.0')]) };
  const recorded = recordedWith(SYMBOL, packagePart('1.0.0'));
  expect(manifestOf(rekey(once, back))?.digest).not.toBe(manifestOf(recorded)?.digest);
});

it('O3: other packages that pass reads through count, as they do for sources', () => {
  const recorded = recordedWith(SYMBOL);
  const today = { installed: new Map(), settings: settingParts(['csv']) };
  expect(manifestOf(rekey(recorded, today))?.digest).not.toBe(manifestOf(recorded)?.digest);
});

it('P1: a task whose package cannot be told is not cached', () => {
  const unknown = { ...recordedWith(SYMBOL, packagePart('1.0.0')), packages: [] };
  expect(manifestOf(rekey(unknown, { installed: new Map(), settings: settingParts([]) }))).toBe(
    undefined,
  );
  const twice = recordedWith(SYMBOL, packagePart('1.0.0'));
  const [first] = twice.packages;
  if (first === undefined) throw new Error('no package');
  const packages = [first, { ...first, folder: 'packages/a/node_modules/d3' }];
  const [, other] = installed('1.1.0');
  const today = {
    installed: new Map([installed('1.0.0'), ['packages/a/node_modules/d3', other] as const]),
    settings: settingParts([]),
  };
  expect(manifestOf(rekey({ ...twice, packages }, today))).toBeUndefined();
});
