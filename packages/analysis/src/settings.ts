import type { CodePart } from '@skein/model';
import { SUMMARY_SCHEMA } from './summary.ts';

/**
 * C4: `skein` itself counts as this. Raised when the same code, inputs and platform could give
 * another result because Skein changed.
 */
export const BEHAVIOUR_VERSION = '1';

/**
 * What of Skein and of the configuration is part of every task's code: the behaviour version (C4),
 * and what decides which observations a trace holds (O3). `passThrough`: sorted, each once.
 */
export function settingParts(passThrough: readonly string[]): CodePart[] {
  const skein: CodePart = { kind: 'setting', name: 'skein', value: BEHAVIOUR_VERSION };
  if (passThrough.length === 0) return [skein];
  return [skein, { kind: 'setting', name: 'passThrough', value: passThrough.join(', ') }];
}

/** What code is emitted for unless the request says otherwise: the oldest Node that runs it. */
export const NODE_TARGET = 'node24';

/** Where in the state directory analysis keeps what it knows, and the version of all that. */
export const KEPT_FOLDER = 'analysis';
export const KEPT_VERSION = 'v2';

/** C7: what a kept summary is only valid for, beside the file it is of. */
export function summaryKey(target: string, tools: ToolVersions): string {
  return `schema ${SUMMARY_SCHEMA} esbuild ${tools.esbuild} oxc ${tools.oxc} ${target}`;
}

export interface ToolVersions {
  readonly esbuild: string;
  readonly oxc: string;
}

const CODE = /\.[cm]?[jt]sx?$/;

/** Whether a module is code; everything else is imported as data (C7). */
export function isCode(path: string): boolean {
  return CODE.test(path);
}
