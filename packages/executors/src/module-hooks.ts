import { createRequire, registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What `import.meta` says in a module of a bundle (C9). */
export interface SourceMeta {
  readonly url: string;
  readonly dirname: string;
  readonly filename: string;
  resolve(specifier: string): string;
}

/** Bundles name an installed package's file by its path below the workspace root (C5). */
export const PACKAGE_SCHEME = 'skein-package:';

const SDK_URL = 'skein:sdk';
const NATIVE_URL = 'skein:native';
/** What only a module that Node itself evaluates can do. */
const NATIVE_SOURCE = `
export const load = (url) => import(url);
export const resolve = (specifier) => import.meta.resolve(specifier);
`;
/** A name of a package, not a path or a URL. */
const BARE = /^(?!\.{0,2}[/\\]|\.{1,2}$|[A-Za-z][\w+.-]*:|#)/;
const FROM_SCHEME = 'skein-from:';
const SDK_SLOT = Symbol.for('skein.sdk');
const META_SLOT = Symbol.for('skein.meta');

interface GlobalSlots {
  [SDK_SLOT]?: SdkModule;
  [META_SLOT]?: (module: string) => SourceMeta;
}

/** The namespace of the module that authors import as `skein`. */
export type SdkModule = Readonly<Record<string, unknown>>;

/** What stands for a bundle's modules where they look for packages at run time. */
export interface BundleSource {
  /** Absolute workspace root. */
  readonly root: string;
  /** Workspace-relative entry module. */
  readonly entry: string;
}

/** By the URL of the bundle: one process may hold bundles of several workspaces. */
const bundles = new Map<string, BundleSource>();
/** The root of the bundle that was announced last: its modules are being evaluated. */
let latestRoot = '';
let installed = false;

/**
 * Lets bundles find the running SDK under the name `skein`, installed packages below their
 * workspace root, and the places of their sources. `sdk` is the namespace `skein` stands for: not
 * a path, so that bundle and runtime share one instance however they were built.
 */
export function installModuleHooks(sdk: SdkModule): void {
  const slots = globalThis as GlobalSlots;
  slots[SDK_SLOT] = sdk;
  slots[META_SLOT] = (module) => sourceMeta(latestRoot, module);
  if (installed) return;
  installed = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === 'skein') return { url: SDK_URL, format: 'module', shortCircuit: true };
      if (specifier === NATIVE_URL)
        return { url: NATIVE_URL, format: 'module', shortCircuit: true };
      if (specifier.startsWith(PACKAGE_SCHEME)) {
        const root = bundles.get(context.parentURL ?? '')?.root ?? latestRoot;
        const path = join(root, specifier.slice(PACKAGE_SCHEME.length));
        return next(pathToFileURL(path).href, context);
      }
      if (specifier.startsWith(FROM_SCHEME)) {
        const [parentURL, wanted] = JSON.parse(specifier.slice(FROM_SCHEME.length)) as string[];
        return next(wanted ?? '', { ...context, parentURL });
      }
      const source = BARE.test(specifier) ? sourceOfBundle(context.parentURL) : undefined;
      if (source === undefined) return next(specifier, context);
      return next(specifier, { ...context, parentURL: pathToFileURL(source).href });
    },
    load: (url, context, next) => {
      if (url !== SDK_URL && url !== NATIVE_URL) return next(url, context);
      const source = url === SDK_URL ? sdkSource() : NATIVE_SOURCE;
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

/**
 * Node's own `import`, also where a test runner or bundler has put another in its place: bundles
 * are found and evaluated in one way only.
 */
export function importNatively(url: string): Promise<unknown> {
  return native().load(url);
}

function native(): NativeModule {
  return createRequire(import.meta.url)(NATIVE_URL) as NativeModule;
}

interface NativeModule {
  load(url: string): Promise<unknown>;
  resolve(specifier: string): string;
}

/** Announces a bundle that is imported next. */
export function announceBundle(url: string, source: BundleSource): void {
  bundles.set(url, source);
  latestRoot = source.root;
}

/**
 * The file from which the code of a bundle looks for packages whose names it makes at run time: a
 * bundle may lie anywhere (C5). `undefined`: the URL is no bundle's.
 */
export function sourceOfBundle(url: string | undefined): string | undefined {
  const source = url === undefined ? undefined : bundles.get(url);
  return source === undefined ? undefined : join(source.root, source.entry);
}

/** One export for each name the SDK has when it is first imported. */
function sdkSource(): string {
  const names = Object.keys((globalThis as GlobalSlots)[SDK_SLOT] ?? {}).filter(
    (name) => name !== 'default',
  );
  return [
    `const sdk = globalThis[Symbol.for('skein.sdk')];`,
    ...names.map((name) => `export const ${name} = sdk.${name};`),
  ].join('\n');
}

function sourceMeta(root: string, module: string): SourceMeta {
  const filename = join(root, module);
  const url = pathToFileURL(filename).href;
  return {
    url,
    filename,
    dirname: dirname(filename),
    resolve: (specifier) => native().resolve(`${FROM_SCHEME}${JSON.stringify([url, specifier])}`),
  };
}
