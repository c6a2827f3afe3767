import { posix } from 'node:path';
import type { CreateDependenciesContext } from '@nx/devkit';

const ENDINGS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx', '.json'];
const AS_WRITTEN = ['', ...ENDINGS, ...ENDINGS.map((ending) => `/index${ending}`)];
const CODE = /\.[cm]?[jt]sx?$/;
const ASIDE = /\.d\.[cm]?ts$|\.(?:test|spec)\.[cm]?[jt]sx?$/;

/** Which project each file of the workspace belongs to. */
export class FileOwners {
  readonly #hashes = new Map<string, string>();
  /** The deepest folder first. */
  readonly #roots: readonly (readonly [root: string, project: string])[];
  readonly #code = new Map<string, readonly string[]>();

  constructor({ fileMap, projects }: Pick<CreateDependenciesContext, 'fileMap' | 'projects'>) {
    for (const [project, files] of Object.entries(fileMap.projectFileMap)) {
      for (const { file, hash } of files) this.#hashes.set(file, hash);
      const code = files.map(({ file }) => file).filter((it) => CODE.test(it) && !ASIDE.test(it));
      this.#code.set(project, code);
    }
    for (const { file, hash } of fileMap.nonProjectFiles) this.#hashes.set(file, hash);
    this.#roots = Object.entries(projects)
      .map(([project, { root }]) => [root === '.' ? '' : `${root}/`, project] as const)
      .toSorted(([left], [right]) => right.length - left.length);
  }

  /** `undefined` for a file that Nx does not know: one that is ignored, or not there. */
  hashOf(file: string): string | undefined {
    return this.#hashes.get(file);
  }

  ownerOf(file: string): string | undefined {
    return this.#roots.find(([root]) => file.startsWith(root))?.[1];
  }

  /** The modules of a project that may run, without tests. */
  codeOf(project: string): readonly string[] {
    return this.#code.get(project) ?? [];
  }

  /** The file behind a path as it is written in an import. */
  find(path: string): string | undefined {
    const plain = posix.normalize(path);
    // "./a.js" may be written for "./a.ts".
    const source = plain.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
    return [...AS_WRITTEN.map((ending) => `${plain}${ending}`), source].find((file) =>
      this.#hashes.has(file),
    );
  }
}
