import { digestOf } from '@skein/values';
import type { PackageMember } from '@skein/analysis';
import { describeChange } from '@skein/view';
import { expect, it } from 'vitest';
import { type PackagePart, packageChanges, withoutRepeated } from './package-changes.ts';

/** `steps 2.0.0 a`: name, version, files. */
function member(text: string): PackageMember {
  const [name = '', version = '', files = ''] = text.split(' ');
  return { name, version, files: digestOf('package', files) };
}

function part(members: readonly string[]): PackagePart {
  const { name, version } = member(members[0] ?? '');
  return { kind: 'package', name, version, digest: digestOf('package', members.join('\n')) };
}

function changes(before: readonly string[], now: readonly string[]): readonly string[] | undefined {
  const known = new Map([before, now].map((list) => [part(list).digest, list.map(member)]));
  const found = packageChanges(part(before), part(now), ({ digest }) => known.get(digest));
  return found?.map(describeChange);
}

it('C6: the package that changed is named, itself first, then what it needs', () => {
  const before = ['scales 1.0.0 a', 'steps 2.0.0 a', 'marks 1.0.0 a'];
  expect(changes(before, ['scales 1.0.0 a', 'steps 2.0.1 b', 'marks 1.0.0 a'])).toEqual([
    'package steps 2.0.0 → 2.0.1, which scales needs',
  ]);
  expect(changes(before, ['scales 1.0.1 b', 'steps 2.0.0 b', 'lines 1.0.0 a'])).toEqual([
    'package scales 1.0.0 → 1.0.1',
    'package steps 2.0.0, which scales needs: same version, other files',
    'package lines 1.0.0, which scales needs, is new',
    'package marks 1.0.0, which scales needed, is gone',
  ]);
});

it('C6: copies of one name are told apart by their versions', () => {
  const before = ['scales 1.0.0 a', 'steps 1.0.0 a', 'steps 2.0.0 a'];
  expect(changes(before, ['scales 1.0.0 a', 'steps 3.0.0 a', 'steps 1.0.0 b'])).toEqual([
    'package steps 2.0.0 → 3.0.0, which scales needs',
    'package steps 1.0.0, which scales needs: same version, other files',
  ]);
});

it('P4: nothing is told where what it stood for is not known, or did not change', () => {
  const one = part(['scales 1.0.0 a']);
  expect(packageChanges(one, one, () => undefined)).toBeUndefined();
  expect(changes(['scales 1.0.0 a'], ['scales 1.0.0 a'])).toBeUndefined();
});

it('what several packages need, or is imported itself, is told once', () => {
  const steps = { kind: 'package', name: 'steps', before: '1', after: '2' } as const;
  const by = (neededBy: string) => ({ ...steps, neededBy });
  expect(withoutRepeated([by('scales'), by('marks')])).toEqual([by('scales')]);
  expect(withoutRepeated([by('scales'), steps])).toEqual([steps]);
});
