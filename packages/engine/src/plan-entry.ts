import type { Prospect, TaskId } from '@skein/model';
import type { Outlook } from './plan-outlook.ts';

export type Standing = 'execute' | 'unknown' | 'reuse';

/** One action of a plan. */
export interface PlanEntry {
  outlook: Outlook;
  /** It is called for certain. */
  sure: boolean;
  /** What may come to another outcome before it is called. */
  after: readonly TaskId[];
  readonly name: string;
  /** Of several callers the first. */
  readonly parent: PlanEntry | undefined;
  /** What was looked into already, and how much that said. */
  readonly visited: Map<Outlook, number>;
}

type Seen = Pick<PlanEntry, 'outlook' | 'sure' | 'after'>;

export function standingOf({ outlook, sure, after }: Seen): Standing {
  const { kind } = outlook.fate;
  if (kind === 'execute') return sure ? 'execute' : 'unknown';
  return kind === 'reuse' && after.length > 0 ? 'unknown' : kind;
}

/** From the least that is said to the most: who asks first decides nothing. */
export function seenAs({ outlook, sure, after }: Seen): number {
  const { kind } = outlook.fate;
  if (kind === 'reuse') return after.length > 0 ? 1 : 0;
  if (kind === 'unknown') return sure ? 3 : 2;
  return sure ? 4 : 2;
}

export function prospectOf({ outlook, sure, after }: Seen): Prospect {
  const { fate } = outlook;
  switch (fate.kind) {
    case 'unknown':
      return { kind: 'unknown', unless: fate.unless };
    case 'execute':
      return sure
        ? { kind: 'execute', reason: fate.reason }
        : { kind: 'unknown', ifCalled: fate.reason };
    case 'reuse':
      return fate.ifCalled === undefined
        ? { kind: 'unknown', after }
        : { kind: 'unknown', ifCalled: fate.ifCalled };
  }
}
