import type { ActionNumber, RunId, TaskId, Verdict } from '@skein/model';
import type { Digest } from '@skein/values';

/** Where a value came from, and what it went into. */
export interface LineageReport {
  readonly subject: LineageSubject;
  /** Absent where it was not asked for. */
  readonly up?: LineageGraph;
  readonly down?: LineageGraph;
}

/** What was asked about. */
export interface LineageSubject {
  /** As it was asked for. */
  readonly asked: string;
  readonly kind: 'file' | 'folder' | 'digest' | 'value';
  readonly digest: Digest;
  /** The value itself, encoded, where it is on record. */
  readonly bytes?: Uint8Array;
  /** Where it is on record, the newest run first. */
  readonly places: readonly LineagePlace[];
  /** How many more places there are, which were not followed. */
  readonly more: number;
}

export interface LineagePlace {
  readonly run: RunId;
  readonly action: ActionNumber;
  readonly task: TaskId;
  /** `result.rows[3]`, or `input.file`. */
  readonly path: string;
}

/** Without cycles: every edge leads to what was finished later. */
export interface LineageGraph {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  /** True where `depth` kept it from going on. */
  readonly cut: boolean;
}

export type LineageNode = {
  readonly id: string;
  readonly run: RunId;
  readonly action: ActionNumber;
  readonly task: TaskId;
  /** `src/parse.ts:20`, where the run's code is on record. */
  readonly place?: string;
} & (
  | {
      /** What an action made. */
      readonly kind: 'action';
      readonly verdict: Verdict['kind'];
      readonly ended?: 'result' | 'error';
    }
  /** `count` calls of one task that a caller made, up to `last`. */
  | { readonly kind: 'calls'; readonly last: ActionNumber; readonly count: number }
  /** What an action put together itself for the calls it made. */
  | { readonly kind: 'made' }
  /** What the entry of a run was given. */
  | { readonly kind: 'input'; readonly parameter: string; readonly bytes?: Uint8Array }
);

/**
 * How a value came from one node to another. `same`: it is the result; `part`: it is a part of it,
 * or it is a part of what was made. `call`: a caller was given the result of a call. `made`: the
 * caller made it. `perhaps`: the caller had that result when it made it. `again`: an execution
 * whose outcome was reused or adopted. `subject`: what was asked about.
 */
export type LineageLink = 'same' | 'part' | 'call' | 'made' | 'perhaps' | 'again' | 'subject';

export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  readonly link: LineageLink;
  /** Where in the result of `from`: `result.rows[3]`; where in it, if that was asked about. */
  readonly source?: string;
  /** Where in the inputs of `to`: `file`, or `examples[0].articles[2]`. */
  readonly target?: string;
  /** How many such places there are; absent: one. */
  readonly places?: number;
}

/** Two paths as one: where only indices differ, every index is `[*]`; otherwise the first. */
export function commonPath(path: string, other: string): string {
  if (path === other) return path;
  const general = anyIndex(path);
  return general === anyIndex(other) ? general : path;
}

function anyIndex(path: string): string {
  return path.replaceAll(/\[(?:\d+|\*)\]/g, '[*]');
}

/** The node that stands for what was asked about. */
export const SUBJECT = 'subject';
