import { expect, test } from 'vitest';
import { TestWorkspace, freshCodes } from './workspace.ts';
import type { Files } from './workspace.ts';

/** One edit of a workspace, and what it must do to the code digest of the task `a`. */
export interface Mutation {
  readonly name: string;
  readonly expect: 'hit' | 'miss';
  /** `src/main.ts` is given its two first lines: the import of skein and `env`. */
  readonly files: Files;
  readonly edit: Files;
  /** Files that the edit removes. */
  readonly removed?: readonly string[];
}

const HEAD =
  "import { environment, map, checkpoint } from 'skein';\nconst env = " +
  "environment({ name: 'e' });\n";

function withHead(files: Files): Files {
  const main = files['src/main.ts'];
  return main === undefined ? files : { ...files, 'src/main.ts': HEAD + main };
}

/** Each mutation as a test: the quick analysis says so, and agrees with one without memory. */
export function testMutations(mutations: readonly Mutation[]): void {
  for (const it of mutations) {
    test(`${it.name}: ${it.expect}`, async () => {
      const workspace = new TestWorkspace(withHead(it.files));
      const before = await workspace.codes();
      expect(before['a']).toBeDefined();
      workspace.write(withHead(it.edit));
      for (const path of it.removed ?? []) workspace.remove(path);
      const after = await workspace.codes();
      expect(after['a'] === before['a'] ? 'hit' : 'miss').toBe(it.expect);
      expect(after).toEqual(await freshCodes(workspace));
    });
  }
}

/** A main module with the task `a` that calls `f` of `./lib.ts`. */
export const CALLS_LIB =
  "import { f } from './lib.ts';\nexport const a = env.task(async () => f());\n";

/** An edit of `src/lib.ts` below that main module. */
export function libEdit(
  name: string,
  expected: 'hit' | 'miss',
  [before, after]: readonly [string, string],
): Mutation {
  const files = { 'src/main.ts': CALLS_LIB, 'src/lib.ts': before };
  return { name, expect: expected, files, edit: { 'src/lib.ts': after } };
}

/** An edit of the main module itself. */
export function mainEdit(
  name: string,
  expected: 'hit' | 'miss',
  [before, after]: readonly [string, string],
): Mutation {
  return {
    name,
    expect: expected,
    files: { 'src/main.ts': before },
    edit: { 'src/main.ts': after },
  };
}
