import { setSourceMapsSupport } from 'node:module';
import { FailureError } from '@skein/model';
import { setHost } from '@skein/sdk';
import { findAsker, installTracking } from '@skein/tracking';
import type { OutputSink, TrackingSettings, Watcher } from '@skein/tracking';
import { encode, inputDigest } from '@skein/values';
import type { FileHost } from '@skein/sdk';
import { currentWatcher, ourselves } from './attribution.ts';
import { placeOfFrame, presentLine } from './author-line.ts';
import { currentAction } from './running-action.ts';
import type { RunningAction } from './running-action.ts';
import { captureOutput } from './console-capture.ts';
import type { LogSink } from './console-capture.ts';
import { installModuleHooks, sourceOfBundle } from './module-hooks.ts';
import type { SdkModule } from './module-hooks.ts';
import { guardProcess } from './process-guard.ts';
import { installVariables } from './variables.ts';
import type { VariableView } from './variables.ts';

/** Taken before the clock is watched. */
const { now } = Date;

export interface OccupationPorts {
  /** The namespace that authors import as `skein`. */
  readonly skein: SdkModule;
  /** What code outside of actions sees as `process.env`; `undefined`: the process's own. */
  readonly variables: () => VariableView | undefined;
  /** Told what code touches that lost its context; `undefined`: that may be anybody's. */
  readonly stranger: Watcher | undefined;
  /** Folders that stacks name source files from. */
  readonly sources: () => readonly string[];
  readonly tracking: Pick<
    TrackingSettings,
    'root' | 'state' | 'scratch' | 'passThrough' | 'path' | 'container'
  >;
  /** Where code outside of actions keeps its files. */
  readonly files: FileHost;
  /** Takes what code prints that belongs to no action; `undefined`: it goes where it went. */
  readonly printed: () => LogSink | undefined;
  /** An error that belongs to no action. */
  readonly stray: (error: unknown) => void;
  /** True where the whole process is there for actions. */
  readonly whole: boolean;
}

/**
 * Makes a process a place where actions run: the author's code gets its variables, its console,
 * its modules, and cannot end the process. Returns what gives the process back.
 */
export function occupyProcess(ports: OccupationPorts): () => void {
  const { skein, variables, files, stray, whole, sources } = ports;
  const watcher = (): Watcher | undefined => currentWatcher(ports.stranger);
  installModuleHooks(skein);
  setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
  setHost({
    scope: currentAction,
    get files() {
      return currentAction()?.files ?? files;
    },
  });
  const running = (): ReturnType<typeof currentAction> => {
    const action = currentAction();
    return action === undefined || action.ended ? undefined : action;
  };
  const tracking: TrackingSettings = {
    ...ports.tracking,
    watcher,
    place: (frame) => placeOfFrame(frame, sources()),
    sourceOf: sourceOfBundle,
    output: () => outputOf(running(), whole),
    now,
  };
  const restore = [
    installTracking(tracking),
    installVariables({
      view: () => currentAction() ?? variables(),
      read: (name, value) => tellRead(tracking, name, value),
      assigned: (name) => tellAssigned(watcher(), name, sources),
      whole,
    }),
    captureOutput(() => running() ?? ports.printed()),
    guardProcess({ current: currentAction, stray, late: printError, always: whole }),
    () => setHost(undefined),
  ];
  return () => {
    for (const undo of restore) undo();
  };
}

/** What a subprocess prints is the action's that started it, until the action has ended. */
function outputOf(action: RunningAction | undefined, whole: boolean): OutputSink | undefined {
  if (action === undefined) return undefined;
  return (stream, text) =>
    ourselves(() => {
      if (!action.ended) action.write(stream, text);
      // Its own output may be read by a program: in the command all that is late goes elsewhere.
      else process[whole ? stream : 'stderr'].write(text);
    });
}

/** Whatever a package reads it can keep (O3). */
function tellRead(tracking: TrackingSettings, name: string, value: string | undefined): void {
  const watcher = tracking.watcher();
  if (watcher === undefined) return;
  const digest = value === undefined ? null : inputDigest(encode(value));
  watcher.observe({ kind: 'variable', name, digest }, findAsker(tracking).through);
}

/** Variables are the state of the whole process. */
function tellAssigned(
  watcher: Watcher | undefined,
  name: string,
  sources: () => readonly string[],
): void {
  const what = `process.env.${name}`;
  if (watcher === undefined || watcher.knows('module-state', what)) return;
  const at = presentLine(sources());
  watcher.impure({ kind: 'module-state', what, ...(at !== undefined && { at }) });
}

function printError(error: unknown): void {
  process.stderr.write(`${errorText(error)}\n`);
}

export function errorText(error: unknown): string {
  if (error instanceof FailureError) {
    const { code, headline, hint } = error.failure;
    return `${code}: ${headline}${hint === undefined ? '' : `\n  hint: ${hint}`}`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
