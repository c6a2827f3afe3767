import { basename, isAbsolute, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentEntry } from './entry.ts';
import type { Entry } from './entry.ts';
import { PASS_THROUGH } from '@skein/model';
import type { TrackingSettings } from './settings.ts';

/** Whose code made an access, as the stack shows it. */
export interface Asker {
  /**
   * A package, or a file outside of the bundle, whose code takes part: analysis knows nothing of
   * what it keeps (O3). `null`: only the bundle's own code, and packages that pass reads through.
   */
  readonly through: string | null;
  /** Node asks, in order to load a module: that look-up is observed, not its reads (O2). */
  readonly isLoader: boolean;
}

/** Stacks are cut here first: few are deeper, and each frame costs. */
const USUAL_FRAMES = 32;
const FRAME = /^\s+at /;
/** Of a line of a stack, the file: in brackets, or all of it. */
const FILE = /(?:\(|at (?:async )?)((?:file:\/\/)?\/[^()]*|[A-Za-z]:[^()]*):\d+:\d+\)?$/;
const PACKAGE = /[\\/]node_modules[\\/](?!.*[\\/]node_modules[\\/])((?:@[^\\/]+[\\/])?[^\\/]+)/;
const LOADER = 'node:internal/modules/';

/** The author's line: workspace-relative `path:line:column`, else `package x`, if there is any. */
export function authorLine(settings: Pick<TrackingSettings, 'place'>): string | undefined {
  return lineIn(stackText(), settings);
}

/** The author's line in a stack that was captured earlier. */
export function lineIn(
  stack: string,
  { place }: Pick<TrackingSettings, 'place'>,
): string | undefined {
  let through: string | undefined;
  for (const line of stack.split('\n')) {
    const file = FRAME.test(line) ? FILE.exec(line)?.[1] : undefined;
    if (file === undefined || isOwn(file)) continue;
    const name = packageName(file);
    if (name !== undefined) through ??= `package ${name}`;
    else {
      const found = place(line);
      if (found !== undefined) return found;
    }
  }
  return through;
}

/** Asks the stack once: 3 µs, and 0.3 µs for each frame. */
export function findAsker(settings: TrackingSettings): Asker {
  const sites = callSites(findAsker);
  let isLoader: boolean | undefined;
  let through: string | null = null;
  for (const site of sites) {
    const file = site.getFileName();
    if (typeof file !== 'string' || file === '') continue;
    if (file.startsWith('node:')) {
      if (!file.startsWith('node:fs')) isLoader ??= file.startsWith(LOADER);
      continue;
    }
    const origin = originOf(file, settings);
    if (origin === OURS) continue;
    isLoader ??= false;
    through ??= origin;
    if (through !== null) break;
  }
  return { through, isLoader: isLoader ?? false };
}

/** Whose code makes the call that tracking looks at. */
export interface Caller {
  /**
   * The file of the code that calls: `node:…` is Node's own; `undefined`: nobody's, such as a
   * built-in function or evaluated text.
   */
  readonly file: string | undefined;
  /** Skein calls, by Node's functions or itself. */
  readonly isSkein: boolean;
}

export function findCaller(): Caller {
  const entry = currentEntry();
  let first: string | undefined;
  for (const site of callSites(entry ?? findCaller)) {
    const file = site.getFileName();
    if (typeof file !== 'string' || file === '') continue;
    const isOurs = isOwn(file);
    // Without an entry, the first files are tracking's.
    if (isOurs && entry === undefined) continue;
    first ??= file;
    if (!file.startsWith('node:')) return { file: first, isSkein: isOurs };
  }
  return { file: first, isSkein: false };
}

/** The package whose installed file this is, by its folder; `undefined`: no installed file. */
export function packageName(file: string): string | undefined {
  const name = PACKAGE.exec(file)?.[1]?.replaceAll('\\', '/');
  return name === undefined || name.startsWith('.') ? undefined : name;
}

/**
 * Whose module a file is: a package's, or that of a file outside of the bundle (O3). `null`: the
 * bundle's, or Skein's own.
 */
export function ownerOf(file: string, settings: TrackingSettings): string | null {
  if (isOwn(file)) return null;
  return packageName(file) ?? originOf(file, settings);
}

/** Stands for Skein itself, whose code keeps nothing of the author's. */
const OURS = '';

/** By file, since stacks name the same few files again and again. */
const origins = new WeakMap<TrackingSettings, Map<string, string | null>>();

/** `null`: the bundle, or a package that passes through; else who it is. */
function originOf(file: string, settings: TrackingSettings): string | null {
  let known = origins.get(settings);
  if (known === undefined) origins.set(settings, (known = new Map()));
  let origin = known.get(file);
  if (origin === undefined) known.set(file, (origin = judgeFile(file, settings)));
  return origin;
}

function judgeFile(file: string, settings: TrackingSettings): string | null {
  if (isOwn(file)) return OURS;
  const name = packageName(file);
  if (name !== undefined) {
    return PASS_THROUGH.has(name) || settings.passThrough.includes(name) ? null : name;
  }
  const path = pathOf(file);
  const isAuthors = path === undefined || isBelow(path, settings.state) || isBelow(path, OWN);
  return isAuthors ? null : path;
}

/** `undefined`: no file, such as WebAssembly; whoever called it has a frame of its own. */
function pathOf(file: string): string | undefined {
  if (file.startsWith('file:')) return fileURLToPath(file.replace(/[?#].*$/s, ''));
  return isAbsolute(file) ? file : undefined;
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}${sep}`);
}

/** Of the folders where code of ours may lie: in the workspace, and in chunks as published. */
const ABOVE: Readonly<Record<string, string>> = { src: '../..', chunks: '..' };
const HERE = import.meta.dirname;
const OWN = resolve(HERE, ABOVE[basename(HERE)] ?? '.');

const ownFiles = new Map<string, boolean>();

/** Whether a file is Skein's own code; tests beside it stand for authors. */
export function isOwn(file: string): boolean {
  let known = ownFiles.get(file);
  if (known === undefined) {
    const path = pathOf(file);
    known = path !== undefined && isBelow(path, OWN) && !path.endsWith('.test.ts');
    ownFiles.set(file, known);
  }
  return known;
}

/** What stacks are made by. Plain assignments: `Reflect.set` takes as long as the stack itself. */
const making: {
  prepareStackTrace?: unknown;
  stackTraceLimit: number;
} = Error;

/** The stack as text, by the source maps, whatever the author made of `prepareStackTrace`. */
function stackText(): string {
  const { stackTraceLimit, prepareStackTrace } = making;
  const holder: { stack?: string } = {};
  making.prepareStackTrace = undefined;
  making.stackTraceLimit = Number.POSITIVE_INFINITY;
  try {
    Error.captureStackTrace(holder, authorLine);
    return holder.stack ?? '';
  } finally {
    making.prepareStackTrace = prepareStackTrace;
    making.stackTraceLimit = stackTraceLimit;
  }
}

function callSites(below: Entry): readonly NodeJS.CallSite[] {
  const sites = sitesBelow(below, USUAL_FRAMES);
  return sites.length < USUAL_FRAMES ? sites : sitesBelow(below, Number.POSITIVE_INFINITY);
}

function sitesBelow(below: Entry, frames: number): readonly NodeJS.CallSite[] {
  const { stackTraceLimit, prepareStackTrace } = making;
  const holder: { stack?: readonly NodeJS.CallSite[] } = {};
  making.prepareStackTrace = keepSites;
  making.stackTraceLimit = frames;
  try {
    Error.captureStackTrace(holder, below);
    return holder.stack ?? [];
  } finally {
    making.prepareStackTrace = prepareStackTrace;
    making.stackTraceLimit = stackTraceLimit;
  }
}

function keepSites(_: unknown, sites: readonly NodeJS.CallSite[]): readonly NodeJS.CallSite[] {
  return sites;
}
