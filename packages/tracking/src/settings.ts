import type { ImageFiles } from './image-files.ts';
import type { Watcher } from './watcher.ts';

/** Where tracking finds itself. All paths are absolute. */
export interface TrackingSettings {
  /** Observed paths below it are kept relative to it (O2). */
  readonly root: string;
  /** Invisible: no observation, and in no listing. */
  readonly state: string;
  /** What is written below it is nobody's business but the action's. */
  readonly scratch: string;
  /** Packages that only pass reads through, besides the shipped list (O3). */
  readonly passThrough: readonly string[];
  /**
   * The command's `PATH` where it is handed on (O6): programs are looked up again in that of
   * another day. Absent: each folder is named.
   */
  readonly path?: string | undefined;
  /** Present in a container: what is the image's is not observed, nor who and where one is. */
  readonly container?: ContainerSettings | undefined;
  /** Who the present code belongs to; `undefined`: nobody is watching, such as Skein itself. */
  readonly watcher: () => Watcher | undefined;
  /** An author's stack frame, `at f (file:///…/bundle.js:1:2)`, as `src/a.ts:3:4`. */
  readonly place: (frame: string) => string | undefined;
  /** The source file that stands for a bundle, by its URL, where its code looks for packages. */
  readonly sourceOf?: (url: string) => string | undefined;
  /**
   * Where what subprocesses inherit as their output is taken to, for whoever the present code
   * belongs to; `undefined`: to the output of this process.
   */
  readonly output?: () => OutputSink | undefined;
  /** Milliseconds since 1970, unpatched: decides only whether stamps have settled (C8). */
  readonly now: () => number;
}

/** What a container is to those who look around in it. */
export interface ContainerSettings {
  readonly files: ImageFiles;
  /** False: nothing but the container itself can be reached. */
  readonly network: boolean;
  /** How many processors there are its task says, which is no part of any key (Q5). */
  readonly cpuLimited: boolean;
}

/** Takes what is printed, in the order of each stream. */
export type OutputSink = (stream: 'stdout' | 'stderr', text: string) => void;
