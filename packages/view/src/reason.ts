import type { Change, Reason, Verdict } from '@skein/model';
import { describeChange, describeInput, nameChange } from './change.ts';
import { describeElsewhere } from './made-elsewhere.ts';
import { describeObserved } from './observed.ts';

/**
 * Why, in one sentence without capital and full stop, for the line of one action. `at`: when it
 * was decided, milliseconds since 1970, where that is known.
 */
export function explainReason(reason: Reason, at?: number): string {
  switch (reason.kind) {
    case 'found':
      if (reason.elsewhere !== undefined) return describeElsewhere(reason.elsewhere, at);
      return 'nothing it depends on changed';
    case 'joined':
      return 'the same call was already in flight';
    case 'caching-off':
      return 'caching is off for it';
    case 'forced':
      return 'it was forced to execute';
    case 'never-executed':
      return 'never executed before';
    case 'new-inputs':
      return 'never executed with these inputs';
    case 'key-changed':
      return explainChanges(reason.changes);
    case 'observation-changed':
      return `${describeObserved(reason.before, reason.after)}${logged(reason)}`;
    case 'child-changed':
      return `its call of ${reason.task}${numbered(reason.action)} has another outcome`;
    case 'logged-call-changed':
      return `the call of ${reason.task}, made earlier in its process, has another outcome`;
    case 'log-missing':
      return 'what its process had observed before cannot be read any more';
    case 'untraced':
      return `its last execution left no trace: ${reason.why}`;
    case 'impure':
      return `strict: what is known of it came about by ${reason.what}${placed(reason.at)}`;
    case 'bytes-missing':
      return `the bytes of its result are gone: ${reason.digest}`;
    case 'adopted':
      return explainAdopted(reason);
    case 'code-unknown':
      return 'which code an earlier result was made by is not on record any more';
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
      return reason.elsewhere === undefined ? 'unchanged' : 'made elsewhere';
    case 'joined':
      return 'joined one in flight';
    case 'caching-off':
      return 'caching off';
    case 'forced':
      return 'forced';
    case 'never-executed':
      return 'never executed before';
    case 'new-inputs':
      return 'new inputs';
    case 'key-changed':
      if (reason.changes.every(isInput)) return 'new inputs';
      return `${few(reason.changes.map(nameChange).filter(isFirst))} changed`;
    case 'observation-changed':
      return describeObserved(reason.before, reason.after);
    case 'child-changed':
      return 'child changed';
    case 'logged-call-changed':
      return 'earlier call of its process changed';
    case 'log-missing':
      return 'log of its process missing';
    case 'untraced':
      return 'no trace kept';
    case 'impure':
      return 'not reproducible, under strict';
    case 'adopted':
      return reason.made === undefined ? 'finished before' : nameEarlier(reason.made);
    case 'code-unknown':
      return 'earlier code not on record';
    case 'bytes-missing':
      return 'bytes missing';
    case 'too-old':
      return 'too old';
    case 'failed-before':
      return 'failed before';
  }
}

/** The sentence where it says more than the few words; one of many is an example of them. */
export function exampleOf(reason: Reason): string | undefined {
  switch (reason.kind) {
    case 'key-changed':
    case 'child-changed':
    case 'observation-changed':
    case 'logged-call-changed':
    case 'untraced':
    case 'adopted':
    case 'impure': {
      const sentence = explainReason(reason);
      return sentence === nameReason(reason) ? undefined : sentence;
    }
    default:
      return undefined;
  }
}

/** The sentence without what is listed below it, where there are several changes. */
export function introduceReason(reason: Reason, at?: number): string {
  if (reason.kind !== 'key-changed' || reason.changes.length < 2) return explainReason(reason, at);
  if (reason.changes.every(isInput)) return 'never executed with these inputs';
  return `${few(reason.changes.map(nameChange).filter(isFirst))} changed`;
}

/** `executed`, `reused`, `adopted`. */
export function nameVerdict(verdict: Pick<Verdict, 'kind'>): string {
  switch (verdict.kind) {
    case 'execute':
      return 'executed';
    case 'reuse':
      return 'reused';
    case 'adopt':
      return 'adopted';
  }
}

type Adopted = Extract<Reason, { readonly kind: 'adopted' }>;

/** `an earlier run finished it (run …, action 5) by earlier code: parse.ts#clean changed`. */
function explainAdopted({ run, action, made }: Adopted): string {
  const finished = `an earlier run finished it (run ${run}, action ${action})`;
  return made === undefined ? finished : `${finished} ${explainEarlier(made)}`;
}

/** What is other today than when the adopted result was made (R2). */
function explainEarlier(made: Reason): string {
  switch (made.kind) {
    case 'key-changed':
      return `by earlier code: ${explainReason(made)}`;
    case 'observation-changed':
      return `from earlier data: ${explainReason(made)}`;
    case 'child-changed':
    case 'logged-call-changed':
      return `with earlier results beneath: ${explainReason(made)}`;
    case 'code-unknown':
      return 'by code that is not on record any more';
    default:
      return `where today ${explainReason(made)}`;
  }
}

function nameEarlier(made: Reason): string {
  switch (made.kind) {
    case 'key-changed':
    case 'code-unknown':
      return 'finished before, by earlier code';
    case 'observation-changed':
      return 'finished before, from earlier data';
    default:
      return 'finished before, with earlier results beneath';
  }
}

const SHOWN = 3;

/** Where the inputs alone are others, that is the sentence; otherwise they are one change more. */
function explainChanges(changes: readonly Change[]): string {
  const inputs = changes.filter(isInput);
  if (inputs.length === changes.length) {
    return `never executed with these inputs: ${clauses(inputs.map(describeInput))}`;
  }
  return clauses(changes.map(describeChange));
}

function clauses(all: readonly string[]): string {
  const more = all.length - SHOWN;
  const shown = all.slice(0, SHOWN).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function isInput(change: Change): change is Extract<Change, { readonly kind: 'input' }> {
  return change.kind === 'input';
}

function logged({ logged: isLogged }: { readonly logged?: true }): string {
  return isLogged === true ? ', which an earlier action of its process observed' : '';
}

function numbered(action: number | undefined): string {
  return action === undefined ? '' : `, action ${action},`;
}

function placed(at: string | undefined): string {
  return at === undefined ? '' : ` at ${at}`;
}

const FEW = 2;

function few(changes: readonly string[]): string {
  const more = changes.length - FEW;
  const named = changes.slice(0, FEW).join(more > 0 ? ', ' : ' and ');
  return more > 0 ? `${named} and ${more} more` : named;
}

function isFirst(text: string, index: number, all: readonly string[]): boolean {
  return all.indexOf(text) === index;
}
