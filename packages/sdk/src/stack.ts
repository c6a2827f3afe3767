import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A call as the caller's side of a stack shows it. */
export interface CallSite {
  /** The task that was called. */
  readonly task: string;
  /** A stack captured where the caller made the call. */
  readonly stack: string;
}

const FRAME = /^\s+at /;
/** Frames without a place, such as `at Array.map (<anonymous>)`, help nobody. */
const PLACE = /:\d+:\d+\)?$/;
const NODE_FRAME = /\(node:|^\s+at (?:async )?node:/;
const CALLED_FROM = ' (called from)';

/** The frames of a stack that are neither Node's nor ours. */
export function authorFrames(stack: string): string[] {
  return stack.split('\n').filter((line) => FRAME.test(line) && isAuthors(line));
}

/** The stack of an error in the task that threw it, as it is recorded. */
export function recordedStack(stack: string): string {
  const lines = stack.split('\n');
  const first = lines.findIndex((line) => FRAME.test(line));
  const headline = first < 0 ? lines : lines.slice(0, first);
  return [...headline, ...authorFrames(stack)].join('\n');
}

/** The child's stack, the call, and what the caller's stack adds. */
export function joinStacks(recorded: string, site: CallSite | undefined): string {
  if (site === undefined) return recorded;
  return [recorded, `    at ${site.task}${CALLED_FROM}`, ...authorFrames(site.stack)].join('\n');
}

function isAuthors(line: string): boolean {
  if (line.endsWith(CALLED_FROM)) return true;
  if (!PLACE.test(line) || NODE_FRAME.test(line)) return false;
  return !OWN_FOLDERS.some((folder) => line.includes(folder));
}

/** Of the folders where code of ours may lie: in the workspace, and in chunks as published. */
const ABOVE: Readonly<Record<string, string>> = { src: '../..', chunks: '..' };

function ownFolders(here: string): readonly string[] {
  const own = resolve(here, ABOVE[basename(here)] ?? '.');
  return [`${own}/`, `${pathToFileURL(own).href}/`];
}

const OWN_FOLDERS = ownFolders(import.meta.dirname);
