import childProcess from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { StringDecoder } from 'node:string_decoder';
import { forwardOutput } from './forward-output.ts';
import { native } from './native-fs.ts';
import type { Patches } from './patches.ts';
import type { OutputSink, TrackingSettings } from './settings.ts';

/*
 * A subprocess that inherits the output of this process would print where nobody can tell whose it
 * is. So it gets a pipe instead, or a file where its caller is blocked until it ends, and what
 * comes out is taken to whoever started it. To the author all looks as if it had inherited.
 */

type StreamName = 'stdout' | 'stderr';

/** How `stdio` is given for one descriptor. */
type Item = unknown;

/** Descriptors that are redirected, and to what. */
type Redirected = ReadonlyMap<number, StreamName>;

const READ_BYTES = 1 << 16;

/** Takes the inherited output of subprocesses to whoever starts them, as the settings say. */
export function redirectOutput(patches: Patches, settings: TrackingSettings): void {
  if (settings.output === undefined) return;
  const { ChildProcess } = childProcess;
  patches.replace(ChildProcess.prototype, 'spawn', (own) => watchedSpawn(own as Spawn, settings));
  for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const) {
    patches.replace(childProcess, name, (own) => watchedSync(own as Sync, settings));
  }
}

type Spawn = (this: ChildProcess, options: { readonly stdio?: unknown }) => unknown;

function watchedSpawn(own: Spawn, settings: TrackingSettings): Spawn {
  return new Proxy(own, {
    apply: (target, self: ChildProcess, args: Parameters<Spawn>) => {
      const [options] = args;
      const list = listOf(options?.stdio);
      const redirected = redirectedIn(list);
      const sink = redirected.size === 0 ? undefined : settings.output?.();
      if (sink === undefined) return Reflect.apply(target, self, args);
      const stdio = list.map((item, index) => (redirected.has(index) ? 'pipe' : item));
      const result = Reflect.apply(target, self, [{ ...options, stdio }]);
      forwardOutput(self, redirected, sink);
      return result;
    },
  });
}

type Sync = (...args: unknown[]) => unknown;

function watchedSync(own: Sync, settings: TrackingSettings): Sync {
  return new Proxy(own, {
    apply: (target, self, args: unknown[]) => {
      const place = args.findLastIndex(isOptions);
      const options = args[place] as { readonly stdio?: unknown } | undefined;
      const list = listOf(options?.stdio);
      const redirected = redirectedIn(list);
      const sink = redirected.size === 0 ? undefined : settings.output?.();
      if (sink === undefined) return Reflect.apply(target, self, args);
      const files = new OutputFiles(settings.scratch, sink);
      const stdio = list.map((item, index) => {
        const name = redirected.get(index);
        return name === undefined ? item : files.open(name);
      });
      try {
        return Reflect.apply(target, self, args.with(place, { ...options, stdio }));
      } finally {
        files.close();
      }
    },
  });
}

function isOptions(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(stdio: unknown): readonly Item[] {
  if (Array.isArray(stdio)) return stdio as readonly Item[];
  return typeof stdio === 'string' ? [stdio, stdio, stdio] : [];
}

function redirectedIn(list: readonly Item[]): Redirected {
  const found = new Map<number, StreamName>();
  for (const [index, item] of list.entries()) {
    const name = streamOf(item, index);
    if (name !== undefined && index > 0) found.set(index, name);
  }
  return found;
}

/** Which of this process's streams a descriptor is to be. */
function streamOf(item: Item, index: number): StreamName | undefined {
  if (item === 'inherit') return nameOf(index);
  if (typeof item === 'number') return nameOf(item);
  if (item === process.stdout) return 'stdout';
  return item === process.stderr ? 'stderr' : undefined;
}

function nameOf(descriptor: number): StreamName | undefined {
  if (descriptor === 1) return 'stdout';
  return descriptor === 2 ? 'stderr' : undefined;
}

let opened = 0;

/** Files that stand for this process's streams while it is blocked: a pipe would fill up. */
class OutputFiles {
  readonly #folder: string;
  readonly #sink: OutputSink;
  readonly #files = new Map<StreamName, { readonly descriptor: number; readonly path: string }>();

  constructor(folder: string, sink: OutputSink) {
    this.#folder = folder;
    this.#sink = sink;
  }

  open(name: StreamName): number {
    const known = this.#files.get(name);
    if (known !== undefined) return known.descriptor;
    opened += 1;
    const path = join(this.#folder, `.${name}-${process.pid}-${opened}`);
    const descriptor = native.openSync(path, 'ax+', 0o600);
    this.#files.set(name, { descriptor, path });
    return descriptor;
  }

  /** Tells what is in them, and removes them. */
  close(): void {
    for (const [name, { descriptor, path }] of this.#files) {
      this.#tell(name, descriptor);
      native.closeSync(descriptor);
      native.unlinkSync(path);
    }
  }

  #tell(name: StreamName, descriptor: number): void {
    const decoder = new StringDecoder('utf8');
    const bytes = Buffer.allocUnsafe(READ_BYTES);
    let position = 0;
    for (;;) {
      const read = native.readSync(descriptor, bytes, 0, READ_BYTES, position);
      if (read === 0) break;
      position += read;
      this.#sink(name, decoder.write(bytes.subarray(0, read)));
    }
    const rest = decoder.end();
    if (rest !== '') this.#sink(name, rest);
  }
}
