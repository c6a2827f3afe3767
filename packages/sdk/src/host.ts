import type { DirReference, FileReference } from '@skein/values';
import type { CheckpointId, TaskId } from '@skein/model';
import type { AnyTask } from './task.ts';
import type { MapOptions } from './map-options.ts';
import type { Override } from './override.ts';
import type { Logger } from './logger.ts';

/**
 * What the SDK asks of whoever runs it. A worker sets one host for its process; without a host
 * the program is a plain program: tasks are functions and nothing is recorded.
 */
export interface Host {
  /** The action that the present asynchronous context belongs to (O9). */
  scope(): ActionScope | undefined;
  readonly files: FileHost;
}

/** What a running action offers to the task's code. */
export interface ActionScope {
  readonly run: string;
  readonly action: number;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** An empty folder for this attempt, made on first use. */
  scratch(): string;
  progress(done: number, total?: number): void;
  /** Makes a call; the promise settles with a copy of the child's result or error (V4, X7). */
  call(request: ScopedCall): Promise<unknown>;
  /**
   * A bulk `map` of a task over items already read to their end, at least one (T1). Results in
   * the order of the items; with `settled` a `PromiseSettledResult` for each.
   */
  map(request: ScopedMap): Promise<unknown[]>;
  /** Adds to its log what a program printed, as it comes: a line or a part of one. */
  print(stream: 'stdout' | 'stderr', text: string): void;
  /**
   * Starts a command task's program: what it names is observed, and it is no impurity, for it is
   * what the task is (O8). Whatever `spawn` begins is Skein's own, and not the task's.
   */
  start<T>(program: ProgramStart, spawn: () => T): T;
  /** It runs in an image, not on the machine itself. */
  readonly contained: boolean;
  /** Runs `fn` with `name` added to the groups of the calls made inside. */
  group<T>(name: string, fn: () => Promise<T>): Promise<T>;
  /** Runs a checkpoint, or gives what it came to before (R4): a copy of it, either way. */
  checkpoint(call: ScopedCheckpoint): Promise<unknown>;
  /** Records the action's progress; resolves when nothing can take it away any more (R5). */
  save(value: unknown): Promise<void>;
  /** What was saved last; `undefined` where nothing was. */
  load(): Promise<unknown>;
}

/** A program as it is looked up, in the working folder and by the variables of the process. */
export interface ProgramStart {
  readonly program: string;
  /** Words that may name files. Of a shell's line: with what stands for its variables put in. */
  readonly args: readonly string[];
}

export interface ScopedCheckpoint {
  readonly checkpoint: CheckpointId;
  readonly args: readonly unknown[];
  /** Given copies of the arguments, so that what it does to them is done at no replay either. */
  readonly run: (...args: readonly unknown[]) => Promise<unknown>;
  /** Skein's own, which is irreproducible by itself: what it touches is nobody's (O8). */
  readonly impure?: { readonly kind: 'clock' | 'randomness'; readonly what: string };
}

export interface ScopedCall {
  /** `id` is the declared task's; `override` is what it was overridden with. */
  readonly task: AnyTask;
  /** As many as were given, at most those declared: what is missing was omitted (V5). */
  readonly args: readonly unknown[];
  readonly override: Override | undefined;
}

export interface ScopedMap {
  readonly task: AnyTask;
  readonly items: readonly unknown[];
  readonly override: Override | undefined;
  readonly options: Required<MapOptions>;
}

/** Where the bytes of `File` and `Dir` are kept. */
export interface FileHost {
  /** Copies a file's content in; its name and mode are not kept. */
  putPath(path: string): Promise<{ digest: FileReference['digest']; size: number }>;
  putBytes(bytes: Uint8Array): Promise<{ digest: FileReference['digest']; size: number }>;
  putStream(
    stream: AsyncIterable<Uint8Array>,
  ): Promise<{ digest: FileReference['digest']; size: number }>;
  /** A read-only path whose base name is the reference's name; fetched when first asked for. */
  pathOf(reference: FileReference): Promise<string>;
  /** A read-only folder that holds the reference's entries; fetched when first asked for. */
  folderOf(reference: DirReference): Promise<string>;
}

/** What the worker bundle hands to the SDK after each module: see `register`. */
export type ModuleBindings = Readonly<Record<string, () => unknown>>;

export interface Registry {
  task(id: TaskId): AnyTask | undefined;
  /** By `module#Class`, by a global's name, or `skein#TimeoutError`. */
  errorClass(id: string): ErrorClass | undefined;
  /** The id of the error's class, or of the nearest class it extends that is known. */
  classIdOf(error: Error): string | undefined;
}

/** A class of errors, as it is known by identity. */
export type ErrorClass = abstract new (...args: never[]) => Error;

const HOST = Symbol.for('skein.host');

interface HostSlot {
  [HOST]?: Host;
}

/** Called once by the worker runtime; by `inline` in the coordinator. */
export function setHost(host: Host | undefined): void {
  const slot = globalThis as HostSlot;
  if (host === undefined) delete slot[HOST];
  else slot[HOST] = host;
}

export function currentHost(): Host | undefined {
  return (globalThis as HostSlot)[HOST];
}

/** The action whose code is running, if any. */
export function currentScope(): ActionScope | undefined {
  return currentHost()?.scope();
}
