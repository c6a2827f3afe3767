/**
 * Instants of the work at which a process that dies leaves something different behind. The crash
 * harness ends a process at each of them; nothing else ever listens.
 */
export const FAULT_POINTS = {
  'state-opened': 'the state database exists, and its tables with it, but no run of this process',
  'set-aside-half': 'a damaged database is partly renamed',
  'run-begun': 'the first row of a run is appended, and nothing has happened yet',
  'run-before-finish': 'everything of a run is recorded but how it ended',
  'run-after-finish': 'the last row of a run is appended, and the command has not answered',
  'journal-before-append': 'events are buffered, and their row is not yet appended',
  'journal-after-append': 'a row is appended, and nobody was told of it',
  'journal-after-acknowledge': 'a row is appended and told, and nothing is folded',
  'fold-before': 'rows are to be folded',
  'fold-half': 'one of the folds is written, in a transaction that is still open',
  'fold-after': 'rows are folded, and what remembered them is not yet forgotten',
  'catch-up-batch': 'one batch of what an earlier process left unfolded is folded',
  'blob-before-rename': 'a blob is whole under its temporary name',
  'blob-after-rename': 'a blob is in its place, and nothing names it',
  'artifact-packed': 'an artifact is written in a temporary place, and no blob yet',
  'artifact-unpacked': 'a file of an artifact is unpacked in a temporary folder',
  'loose-before-rename': 'the loose copy of a file is whole under its temporary name',
  'loose-after-rename': 'the loose copy of a file is in its place',
  'input-blob-kept': 'a large input is a blob, and no row tells that it is',
  'analysis-before-rename': 'something that analysis keeps has its temporary name',
  'analysis-after-rename': 'something that analysis keeps is in its place',
  'bundle-before-rename': 'a worker bundle is whole under its temporary name',
  'bundle-after-rename': 'a worker bundle is in its place, and nobody has loaded it',
  'table-loaded': 'the table of tasks is known, and not kept',
  'worker-loaded': 'a worker has loaded the bundle and not said so',
  'attempt-sent': 'an attempt is handed to its executor',
  'action-begun': 'the start of an action is on its way to the journal',
  'checkpoint-before-record': 'a checkpoint has ended, and is on no record',
  'checkpoint-after-record': 'a checkpoint is on record, and its caller does not know',
  'snapshot-before-record': 'a snapshot is packed, and on no record',
  'snapshot-after-record': 'a snapshot is on record, and its caller does not know',
  'gc-before-records': 'litter is removed, and no record is',
  'gc-run-removed': 'the record of one run is removed, and that of others is not',
  'gc-after-records': 'records are removed, and what they named is still there',
  'gc-content-removed': 'some of what nothing names is removed',
  'migrate-half': 'a database is brought to a later format, in a transaction that is still open',
  'call-sent': 'a worker has asked for a call, and has no answer',
  'result-before-send': 'the code of an action has ended, and its worker has not said so',
  'messages-before-send': 'a process has something to say to another, and has not said it',
  'messages-after-send': 'a process has said something to another, and does not know it heard',
} as const satisfies Readonly<Record<string, string>>;

export type FaultPoint = keyof typeof FAULT_POINTS;

export type FaultListener = (point: FaultPoint) => void;

let listener: FaultListener | undefined;
let order: string | undefined;

/** Tells whoever listens that the work has come to this point; costs nothing where nobody does. */
export function reach(point: FaultPoint): void {
  listener?.(point);
}

/**
 * From now on each point that is reached in this process is told. `text` is what was asked for
 * from outside, to be handed on to the processes that this one starts.
 */
export function listenToFaults(text: string, told: FaultListener): void {
  order = text;
  listener = told;
}

/** What was asked for from outside; `undefined` wherever nobody listens. */
export function faultOrder(): string | undefined {
  return order;
}
