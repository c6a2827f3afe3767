import { digestOf, encode, inputDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import type { PlainObservation } from '@skein/model';
import type { World, WorldObservation } from '@skein/tracking';

/** Files and variables of a test: they outlive its runs. */
export class Outside {
  readonly files: Map<string, string>;
  readonly variables: Map<string, string>;

  constructor(
    files: Iterable<readonly [string, string]> = [],
    variables: Iterable<readonly [string, string]> = [],
  ) {
    this.files = new Map(files);
    this.variables = new Map(variables);
  }

  copy(): Outside {
    return new Outside(this.files, this.variables);
  }

  /** Names in a folder. */
  list(folder: string): readonly string[] {
    const start = folder === '' ? '' : `${folder}/`;
    const below = [...this.files.keys()].filter((path) => path.startsWith(start));
    return [...new Set(below.map((path) => path.slice(start.length).split('/')[0] ?? ''))].sort();
  }

  exists(path: string): boolean {
    return this.files.has(path) || this.list(path).length > 0;
  }

  digestOf(seen: PlainObservation): Digest | null {
    switch (seen.kind) {
      case 'file': {
        const content = this.files.get(seen.path);
        return content === undefined ? null : digestOf('blob', content);
      }
      case 'listing': {
        const names = this.list(seen.path);
        return names.length === 0 ? null : digestOf('observation', names.join('\n'));
      }
      case 'stat':
        return this.exists(seen.path) ? digestOf('observation', seen.aspect) : null;
      case 'variable': {
        const value = this.variables.get(seen.name);
        return value === undefined ? null : inputDigest(encode(value));
      }
      case 'module':
        return null;
    }
  }
}

/** What a run sees of the outside: it remembers until it is told to forget. */
export class ScriptedWorld implements World {
  /** What was looked at, each time it had to be. */
  readonly looked: string[] = [];
  readonly #outside: Outside;
  readonly #slow: boolean;
  readonly #known = new Map<string, Digest | null>();

  /** `slow`: a first look takes a turn, as hashing a file does. */
  constructor(outside: Outside, slow: boolean) {
    this.#outside = outside;
    this.#slow = slow;
  }

  digestOf(seen: WorldObservation): Digest | null | Promise<Digest | null> {
    const name = nameOf(seen);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.looked.push(name);
    const digest = this.#outside.digestOf(seen);
    this.#known.set(name, digest);
    return this.#slow ? Promise.resolve(digest) : digest;
  }

  forget(path: string): void {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    for (const kind of ['file', 'listing', 'exists', 'stat', 'lstat', 'link', 'real']) {
      this.#known.delete(`${kind} ${path}`);
      this.#known.delete(`${kind} ${folder}`);
    }
  }
}

function nameOf(seen: WorldObservation): string {
  if (seen.kind === 'module') return `module ${seen.specifier} ${seen.from}`;
  return `${seen.kind === 'stat' ? seen.aspect : seen.kind} ${seen.path}`;
}
