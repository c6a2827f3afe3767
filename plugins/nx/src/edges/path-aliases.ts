import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { parseJson } from '@nx/devkit';

interface Config {
  readonly extends?: string | readonly string[];
  readonly compilerOptions?: {
    readonly baseUrl?: string;
    readonly paths?: Readonly<Record<string, readonly string[]>>;
  };
}

/** `paths` of a tsconfig.json, with the folder that they start from. */
interface Aliases {
  readonly folder: string;
  readonly paths: Readonly<Record<string, readonly string[]>>;
}

/** What `paths` of the nearest tsconfig.json make of specifiers; paths are from the root on. */
export class PathAliases {
  readonly #root: string;
  readonly #known = new Map<string, Aliases | undefined>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Where a specifier in a file of the folder may lead; empty where no alias fits. */
  targetsOf(specifier: string, folder: string): readonly string[] {
    const aliases = this.#nearest(folder);
    if (aliases === undefined) return [];
    return Object.entries(aliases.paths).flatMap(([pattern, targets]) => {
      const middle = match(specifier, pattern);
      if (middle === undefined) return [];
      return targets.map((target) => posix.join(aliases.folder, target.replace('*', middle)));
    });
  }

  #nearest(folder: string): Aliases | undefined {
    if (this.#known.has(folder)) return this.#known.get(folder);
    const file = posix.join(folder, 'tsconfig.json');
    const here = existsSync(join(this.#root, file));
    const found = here ? this.#read(file, 0) : undefined;
    const result = here || folder === '.' ? found : this.#nearest(posix.dirname(folder));
    this.#known.set(folder, result);
    return result;
  }

  #read(file: string, depth: number): Aliases | undefined {
    const config = this.#parse(file);
    if (config === undefined || depth > DEEPEST) return undefined;
    const { paths, baseUrl = '.' } = config.compilerOptions ?? {};
    if (paths !== undefined) return { paths, folder: posix.join(dirname(file), baseUrl) };
    const bases = [config.extends ?? []].flat().filter((it) => it.startsWith('.'));
    return bases
      .map((base) => posix.join(dirname(file), base.endsWith('.json') ? base : `${base}.json`))
      .reduce<Aliases | undefined>((last, base) => this.#read(base, depth + 1) ?? last, undefined);
  }

  #parse(file: string): Config | undefined {
    try {
      return parseJson<Config>(readFileSync(join(this.#root, file), 'utf8'));
    } catch {
      return undefined;
    }
  }
}

/** Of files that extend each other. */
const DEEPEST = 16;

/** What the `*` of a pattern stands for; `undefined` where the specifier does not fit. */
function match(specifier: string, pattern: string): string | undefined {
  const [before = '', after] = pattern.split('*');
  if (after === undefined) return specifier === pattern ? '' : undefined;
  const fits =
    specifier.length >= before.length + after.length &&
    specifier.startsWith(before) &&
    specifier.endsWith(after);
  return fits ? specifier.slice(before.length, specifier.length - after.length) : undefined;
}
