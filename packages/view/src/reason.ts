import type { Reason, Verdict } from '@skein/model';

/** Why, in one sentence without capital and full stop, for the line of one action. */
export function explainReason(reason: Reason): string {
  switch (reason.kind) {
    case 'found':
      return 'nothing it depends on changed';
    case 'joined':
      return 'the same call was already in flight';
    case 'caching-off':
      return 'caching is off for it';
    case 'forced':
      return 'everything was forced to execute';
    case 'never-executed':
      return 'never executed before';
    case 'key-changed':
      return `changed since it last executed: ${reason.changed.join(', ')}`;
    case 'observation-changed':
      return `something it observed changed: ${reason.what}`;
    case 'child-changed':
      return `its call of ${reason.task} has another outcome`;
    case 'bytes-missing':
      return `the bytes of its result are gone: ${reason.digest}`;
    case 'too-old':
      return 'its result is older than its maxAge';
    case 'failed-before':
      return 'it failed before, and a failure is not reused for a running caller';
  }
}

/** The same in few words, to count actions by: `2 child changed`. */
export function nameReason(reason: Reason): string {
  switch (reason.kind) {
    case 'found':
      return 'unchanged';
    case 'joined':
      return 'joined one in flight';
    case 'caching-off':
      return 'caching off';
    case 'forced':
      return 'forced';
    case 'never-executed':
      return 'never executed before';
    case 'key-changed':
      return `${few(reason.changed.map(kindOfChange).filter(isFirst))} changed`;
    case 'observation-changed':
      return 'observation changed';
    case 'child-changed':
      return 'child changed';
    case 'bytes-missing':
      return 'bytes missing';
    case 'too-old':
      return 'too old';
    case 'failed-before':
      return 'failed before';
  }
}

/** `executed`, `reused`, `adopted`. */
export function nameVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'execute':
      return 'executed';
    case 'reuse':
      return 'reused';
    case 'adopt':
      return 'adopted';
  }
}

/** Fields of a key, and parts of a task's code, whose first word says what they are. */
const KINDS = /^(?:format|input|package|platform|salt|setting|task|variable|version)\b/;

/** `input "rows"` and `input "n"` are one group; a symbol is told by its name. */
function kindOfChange(change: string): string {
  return KINDS.exec(change)?.[0] ?? change;
}

const FEW = 2;

function few(changes: readonly string[]): string {
  const more = changes.length - FEW;
  const named = changes.slice(0, FEW).join(' and ');
  return more > 0 ? `${named} and ${more} more` : named;
}

function isFirst(text: string, index: number, all: readonly string[]): boolean {
  return all.indexOf(text) === index;
}
