import Module, { isBuiltin, registerHooks } from 'node:module';
import type { LoadFnOutput, ResolveFnOutput, ResolveHookContext } from 'node:module';
import process from 'node:process';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import { authorLine, findAsker, isOwn, ownerOf } from './author-line.ts';
import { ModuleDigests } from './module-digest.ts';
import { answerLookUp } from './module-look-up.ts';
import type { Answer, Asked } from './module-look-up.ts';
import { quietly } from './nesting.ts';
import { packagesSeen } from './packages-seen.ts';
import type { Patches } from './patches.ts';
import { isPlainSpecifier } from './plain-module.ts';
import type { TrackingSettings } from './settings.ts';
import { mayDiffer, stampedDigest, stampsInMemory } from './stamped-digest.ts';
import type { StampedDigest, Stamps } from './stamped-digest.ts';
import type { Watcher } from './watcher.ts';

/** What `require` is made of: Node keeps these names for those who replace them. */
interface Loader {
  readonly _load: (request: string, parent?: Parent | null, ...rest: unknown[]) => unknown;
  readonly _resolveFilename: (request: string, parent?: Parent | null) => string;
  readonly _cache: Readonly<Record<string, unknown>>;
}

interface Parent {
  readonly filename?: string | null;
}

/** Names of our own, in which bundles say what their code covers. */
const OURS = /^skein(?:$|:|-package:)/;
/** `import.meta.resolve` in a bundle: JSON of the URL of the source module and the specifier. */
const FROM_SCHEME = 'skein-from:';

/**
 * Has look-ups of modules observed while code runs (O1): `require`, `import()`, their `resolve`,
 * and what is looked up for the modules that they load. What a bundle imports statically belongs to
 * its code. A module stays loaded: what is looked up for it, or by code that is none of the
 * bundle's, outlives its action (O3).
 */
export class ModuleTracker {
  readonly digests: ModuleDigests;
  readonly #settings: TrackingSettings;
  readonly stamps: Stamps;
  readonly #loader = Module as unknown as Loader;
  /** Answers where something was found, and what they took its file to hold. */
  readonly #answers = new Map<string, Remembered>();
  /** URLs of modules that were loaded, with what they held, files of packages aside. */
  readonly #loaded = new Map<string, Digest | undefined>();
  /** Folders that the look-up in progress was told to look from. */
  #folders: readonly string[] | undefined;
  /** The look-up in progress is told already. */
  #isTold = false;

  constructor(settings: TrackingSettings) {
    this.#settings = settings;
    const { root, state, path, now, container } = settings;
    this.stamps = { stamps: stampsInMemory(), now };
    this.digests = new ModuleDigests({ root, state, path, container, ...this.stamps });
  }

  /** Returns what ends it, but for what was put into `patches`. */
  install(patches: Patches): () => void {
    const hooks = registerHooks({
      resolve: (specifier, context, next) =>
        this.#resolve(specifier, context, () => next(specifier, context)),
      load: (url, context, next) => this.#load(url, () => next(url, context)),
    });
    // Its own, as it was before the folders are noted.
    const { _load: load, _resolveFilename: find } = this.#loader;
    patches.replace(Module, '_load', () => {
      return (request: string, parent?: Parent | null, ...rest: unknown[]): unknown => {
        const go = (): unknown => load.call(Module, request, parent, ...rest);
        const where = (): string => find.call(Module, request, parent);
        return this.#require({ request, parent, where }, go);
      };
    });
    patches.beforeCall(Module, '_resolveFilename', ([, , , options]) => {
      this.#folders = (options as { paths?: readonly string[] } | undefined)?.paths;
    });
    patches.beforeCall(process, 'dlopen', ([, file]) => {
      const watcher = this.#settings.watcher();
      if (watcher === undefined || typeof file !== 'string') return;
      const { isLoader, through } = findAsker(this.#settings);
      const path = resolve(file);
      const isObserved = !isLoader && this.digests.paths.of(path) !== undefined;
      if (isObserved) watcher.observe(this.digests.observeFile(path), through ?? path);
    });
    return () => hooks.deregister();
  }

  /** Node answers from its cache without a word to any hook. */
  #require(asked: Required, load: () => unknown): unknown {
    const { request, parent, where } = asked;
    const watcher = this.#settings.watcher();
    const file = parent?.filename;
    if (watcher === undefined || typeof file !== 'string' || this.#isTold || !isForeign(request)) {
      return load();
    }
    let found: string;
    try {
      found = quietly(where);
    } catch {
      return load();
    }
    if (this.#loader._cache[found] === undefined) return load();
    const url = pathToFileURL(found).href;
    this.#tell(watcher, { specifier: request, parent: file, folders: undefined, found, url });
    this.#isTold = true;
    try {
      return load();
    } finally {
      this.#isTold = false;
    }
  }

  #resolve(
    written: string,
    context: ResolveHookContext,
    next: () => ResolveFnOutput,
  ): ResolveFnOutput {
    const { specifier, parent } = this.#whoAsks(written, context.parentURL);
    const watcher = this.#isTold ? undefined : this.#settings.watcher();
    this.#folders = undefined;
    const tell = (found: string | undefined, url = ''): void => {
      if (watcher === undefined || parent === undefined || !isForeign(specifier)) return;
      this.#tell(watcher, { specifier, parent, folders: this.#folders, found, url });
    };
    let result: ResolveFnOutput;
    try {
      result = quietly(next);
    } catch (error) {
      tell(undefined);
      throw error;
    }
    const found = fileOf(result.url);
    if (found === undefined) return result;
    if (ownerOf(found, this.#settings) !== null) packagesSeen.any = true;
    const isRequired = context.conditions.includes('require');
    if (isRequired && this.#loader._cache[found] === undefined) this.#loaded.delete(result.url);
    tell(found, result.url);
    return result;
  }

  /** The file that asks: a bundled module that resolves names its source itself. */
  #whoAsks(specifier: string, parentURL = ''): Asker {
    if (specifier.startsWith(FROM_SCHEME)) {
      const [url, wanted] = JSON.parse(specifier.slice(FROM_SCHEME.length)) as [string, string];
      return { specifier: wanted, parent: fileOf(url) };
    }
    const isPath = specifier.startsWith('file:') || isPlainSpecifier(specifier);
    const source = isPath ? undefined : this.#settings.sourceOf?.(parentURL);
    return { specifier, parent: source ?? fileOf(parentURL) };
  }

  #tell(watcher: Watcher, told: Told): void {
    const { specifier, parent, folders, found } = told;
    if (isOwn(parent)) return;
    const isAsker = this.#loaded.has(pathToFileURL(parent).href);
    const loaded = this.#loaded.get(told.url);
    const key = `${parent}\0${specifier}\0${told.url}\0${folders?.join('\0') ?? ''}`;
    const known = this.#answers.get(key);
    let answer = known?.content === loaded ? known?.answer : undefined;
    if (answer === undefined) {
      const asked = { specifier, parent, isAsker, folders, found, loaded };
      answer = answerLookUp(asked, this.digests, this.#settings.state);
      const content = loaded ?? (found === undefined ? undefined : this.#contentOf(found));
      if (found !== undefined) this.#answers.set(key, { answer, content });
    }
    if (answer === 'unclear') {
      this.#untraceable(watcher, `"${specifier}" was found where Skein does not look`);
      return;
    }
    if (answer.length === 0) return;
    const owner = isAsker ? ownerOf(parent, this.#settings) : null;
    const through = owner ?? findAsker(this.#settings).through;
    for (const seen of answer) watcher.observe(seen, through);
  }

  /** What a look-up took a file to hold, those of packages aside: they stand for themselves. */
  #contentOf(file: string): Digest | undefined {
    return this.#isInPackage(file) ? undefined : this.digests.knownContent(file)?.digest;
  }

  #isInPackage(file: string): boolean {
    return this.digests.packageFolder(file) !== undefined;
  }

  /** O4: what is loaded is what was hashed when it was looked up, or there is no trace. */
  #load(url: string, next: () => LoadFnOutput): LoadFnOutput {
    const result = quietly(next);
    const file = fileOf(url);
    if (file === undefined) return result;
    const known = this.digests.knownContent(file);
    const { paths } = this.digests;
    const isAlone = !this.#isInPackage(file) && paths.of(file) !== undefined;
    let digest: Digest | undefined;
    if (isAlone || known !== undefined) {
      const { source } = result;
      const isSource = typeof source === 'string' || source instanceof Uint8Array;
      digest = isSource ? digestOf('blob', source) : undefined;
      if (known !== undefined && !this.#isSame(file, known, digest)) this.#tornApart(file);
      // Text was decoded, and may have lost its mark.
      else digest = known?.digest ?? digest;
    }
    this.#loaded.set(url, isAlone ? digest : undefined);
    return result;
  }

  #isSame(file: string, known: StampedDigest, loaded: Digest | undefined): boolean {
    if (loaded === known.digest || !mayDiffer(file, known)) return true;
    return stampedDigest(file, this.stamps)?.digest === known.digest;
  }

  #tornApart(file: string): void {
    this.digests.forget();
    this.#answers.clear();
    const watcher = this.#settings.watcher();
    const name = this.digests.paths.of(file)?.name ?? file;
    if (watcher !== undefined) {
      this.#untraceable(watcher, `"${name}" changed while it was being loaded`);
    }
  }

  #untraceable(watcher: Watcher, what: string): void {
    const at = authorLine(this.#settings);
    watcher.untraceable(at === undefined ? what : `${what}, at ${at}`);
  }
}

type Told = Pick<Asked, 'specifier' | 'parent' | 'folders' | 'found'> & { readonly url: string };

interface Remembered {
  readonly answer: Answer;
  readonly content: Digest | undefined;
}

interface Required {
  readonly request: string;
  readonly parent: Parent | null | undefined;
  /** The file that Node finds for it; throws where there is none. */
  readonly where: () => string;
}

function isForeign(specifier: string): boolean {
  return !isBuiltin(specifier) && !OURS.test(specifier);
}

interface Asker {
  readonly specifier: string;
  readonly parent: string | undefined;
}

function fileOf(url: string | undefined): string | undefined {
  return url?.startsWith('file:') === true ? fileURLToPath(url.replace(/[?#].*$/s, '')) : undefined;
}
