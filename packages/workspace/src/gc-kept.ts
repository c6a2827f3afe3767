import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { parseDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import type { CodePart, TaskId } from '@skein/model';
import { FAR_INPUTS, INPUT_BLOB, LOG_KIND, VALUE_KIND } from '@skein/store';
import type { Survey, SurveyedRow, TraceStore } from '@skein/store';
import {
  DEFINITIONS,
  MANIFESTS,
  PACKAGE,
  SYMBOL,
  definitionsKey,
  readCode,
} from './code-record.ts';
import type { Reach } from './gc-reach.ts';
import type { Chunks } from './gc-traces.ts';
import { UNTRACED } from './history.ts';
import { TASK_LAST, lastKey, readLast } from './last-executions.ts';
import { TASK_TABLE, tableKey } from './task-table.ts';
import { FILE_STAMP, stampKey } from './world.ts';

export interface KeptRequest {
  readonly root: string;
  readonly traces: Pick<TraceStore, 'keep' | 'kept'>;
  readonly survey: Survey;
  readonly chunks: Chunks;
  /** Tasks that a trace or a run is left of. */
  readonly tasks: ReadonlySet<string>;
  /** Where a large input lies; `undefined`: it is not here. */
  readonly blobPath: (blob: Digest) => string | undefined;
}

/**
 * Kept rows that nothing names. `reach` holds what records name, and gets what the rows that stay
 * name in turn. A kind that is not known here stays: a later version wrote it.
 */
export function chooseKept(reach: Reach, request: KeptRequest): readonly SurveyedRow[] {
  const named = namedRows(reach, request);
  const go: SurveyedRow[] = [];
  for (const row of request.survey.kept()) {
    const keys = named.get(row.kind);
    if (keys !== undefined && !keys.has(row.key)) go.push(row);
  }
  followInputs(reach, request);
  return go;
}

type NamedRows = ReadonlyMap<string, ReadonlySet<Digest>>;

function namedRows(reach: Reach, request: KeptRequest): NamedRows {
  const { root, chunks, traces } = request;
  const logs = new Set<Digest>();
  for (const chunk of chunks.of(reach.logs)) {
    logs.add(chunk.digest);
    reach.observations(chunk.observations);
  }
  const last = new Set<Digest>();
  const parts = new Set<Digest>();
  for (const task of request.tasks) {
    last.add(lastKey(task as TaskId));
    nameLast(reach, { task: task as TaskId, traces, parts });
  }
  const manifests = new Set(reach.starts.map(({ code }) => code));
  for (const code of manifests) {
    for (const manifest of readCode(traces, code)?.values() ?? []) addParts(manifest.parts, parts);
  }
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(root, path));
  return new Map<string, ReadonlySet<Digest>>([
    [VALUE_KIND, reach.values],
    [INPUT_BLOB, reach.values],
    [FAR_INPUTS, reach.told],
    [LOG_KIND, logs],
    [UNTRACED, reach.keys],
    [TASK_LAST, last],
    [MANIFESTS, manifests],
    [DEFINITIONS, new Set(reach.starts.map(definitionsKey))],
    [SYMBOL, parts],
    [PACKAGE, parts],
    [TASK_TABLE, new Set(reach.starts.map(tableKey))],
    [FILE_STAMP, new Set([...reach.paths].map((path) => stampKey(absolute(path))))],
  ]);
}

/** What explanations compare with: the inputs and the code a task executed with last. */
function nameLast(
  reach: Reach,
  of: {
    readonly task: TaskId;
    readonly traces: KeptRequest['traces'];
    readonly parts: Set<Digest>;
  },
): void {
  const last = readLast(of.traces, of.task);
  if (last === undefined) return;
  for (const { parts } of last.variants) addParts(parts, of.parts);
  for (const inputs of last.inputs) reach.inputs(inputs);
}

function addParts(parts: readonly CodePart[], to: Set<Digest>): void {
  for (const part of parts) if ('digest' in part) to.add(part.digest);
}

/** The files that recorded inputs name lie loose: no artifact holds them. */
function followInputs(reach: Reach, { survey, blobPath }: KeptRequest): void {
  for (const { key, bytes } of survey.ofKind(VALUE_KIND)) {
    if (reach.values.has(key)) reach.bytes(key, bytes);
  }
  for (const { key, bytes } of survey.ofKind(INPUT_BLOB)) {
    if (!reach.values.has(key)) continue;
    const blob = parseDigest(Buffer.from(bytes).toString('latin1'));
    if (blob === undefined) continue;
    reach.artifacts.add(blob);
    const path = blobPath(blob);
    const content = path === undefined ? undefined : readOrNothing(path);
    if (content !== undefined) reach.bytes(key, content);
  }
}

function readOrNothing(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
