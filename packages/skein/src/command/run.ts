import { succeed, type Result, type TaskId } from '@skein/model';
import type { RunHandle, StartRequest, Workspace } from '@skein/workspace';
import { answerEnd, answerInterrupted, answerRejected, answerThrown } from './answer.ts';
import { readInputs } from './read-inputs.ts';
import { onInterrupts } from './interrupt.ts';
import { EXIT } from './io.ts';
import { optionCount, optionGiven, optionPairs, optionText, optionTexts } from './parse.ts';
import { pickTask } from './pick-task.ts';
import { atLeastOne, openFor, refuse, type Failures, type Session } from './session.ts';
import { watchRun, type Watcher } from './watch-run.ts';

/** `skein run <file> [task]`. */
export async function runTask(session: Session): Promise<number> {
  const settings = readSettings(session);
  if (!settings.ok) return await refuse(session, [settings.failure]);
  if (optionGiven(session.parsed, 'help')) {
    return await (await import('./task-help.ts')).showTaskHelp(session);
  }
  const run = new Run(session, settings.value);
  return await run.answer();
}

type Settings = Pick<
  StartRequest,
  'executor' | 'concurrency' | 'force' | 'forceTasks' | 'readOnly' | 'strict' | 'labels'
>;

/** What our own flags say about the run. */
function readSettings({ parsed }: Session): Result<Settings> {
  const concurrency = optionCount(parsed, 'concurrency', 1);
  if (!concurrency.ok) return concurrency;
  const labels = optionPairs(parsed, 'label');
  if (!labels.ok) return labels;
  const executor = optionText(parsed, 'executor');
  return succeed({
    ...(executor === 'pool' || executor === 'inline' ? { executor } : {}),
    ...(concurrency.value === undefined ? {} : { concurrency: concurrency.value }),
    ...(labels.value.length === 0 ? {} : { labels: Object.fromEntries(labels.value) }),
    force: optionGiven(parsed, 'force'),
    forceTasks: optionTexts(parsed, 'force-task'),
    readOnly: optionGiven(parsed, 'read-only'),
    strict: optionGiven(parsed, 'strict'),
  });
}

type Started =
  | { readonly ok: true; readonly handle: RunHandle; readonly watcher: Watcher }
  | { readonly ok: false; readonly failures: Failures };

/**
 * One run, from the command line to its answer. Invariant: it is answered once, by the end of
 * the run or by an interruption that does not wait for it.
 */
class Run {
  readonly #session: Session;
  readonly #settings: Settings;
  readonly #startedAt: number;
  readonly #left = Promise.withResolvers<number>();
  #task: TaskId | null = null;
  #handle: RunHandle | undefined;
  #watcher: Watcher | undefined;
  #answer: Promise<number> | undefined;

  constructor(session: Session, settings: Settings) {
    this.#session = session;
    this.#settings = settings;
    this.#startedAt = session.io.clock.elapsed();
  }

  async answer(): Promise<number> {
    const stopListening = onInterrupts(this.#session.io, {
      first: () => this.#cancel(),
      again: () => this.#leave(),
    });
    try {
      return await Promise.race([this.#work(), this.#left.promise]);
    } catch (thrown) {
      // An answer that could not be written is not followed by another one.
      if (this.#answer !== undefined)
        return await this.#answer.catch(() => this.#unwritten(thrown));
      this.#watcher?.stop();
      const end = { task: this.#task, durationMs: this.#elapsed() };
      return await this.#once(() => answerThrown(this.#session, thrown, end));
    } finally {
      this.#watcher?.stop();
      stopListening();
    }
  }

  async #work(): Promise<number> {
    const [file = ''] = this.#session.parsed.positionals;
    const opened = await openFor(this.#session, file);
    if (!opened.ok) return await this.#reject([opened.failure]);
    try {
      const started = await this.#start(opened.value, file);
      if (!started.ok) return await this.#reject(started.failures);
      const summary = await started.handle.done;
      started.watcher.stop();
      const { tally } = started.watcher;
      return await this.#once(() => answerEnd(this.#session, { summary, tally }));
    } finally {
      await opened.value.close();
    }
  }

  async #start(workspace: Workspace, file: string): Promise<Started> {
    const { io, parsed } = this.#session;
    const declared = await workspace.tasks();
    if (!declared.ok) return refused(atLeastOne(declared.failures));
    const picked = pickTask(declared.tasks, parsed.positionals[1], file);
    if (!picked.ok) return refused([picked.failure]);
    const task = picked.value;
    this.#task = task.id;
    const inputs = await readInputs(this.#session, workspace, task);
    if (!inputs.ok) return refused(inputs.failures);
    const watcher = watchRun(this.#session, workspace, task.id);
    this.#watcher = watcher;
    const { args } = inputs;
    const handle = await workspace.start({
      ...this.#settings,
      task: task.id,
      args,
      initiator: io.initiator,
      onEvent: watcher.observe,
    });
    if (!handle.ok) return refused([handle.failure]);
    this.#handle = handle.value;
    return { ok: true, handle: handle.value, watcher };
  }

  /** The first interruption. Before anything runs there is nothing to wait for. */
  #cancel(): void {
    if (this.#handle === undefined) {
      this.#leave();
      return;
    }
    this.#watcher?.print(
      'cancelling: what runs is stopped and recorded; interrupt again to leave now',
    );
    this.#handle.cancel();
  }

  #leave(): void {
    const end = { run: this.#handle?.run ?? null, task: this.#task, durationMs: this.#elapsed() };
    this.#watcher?.stop();
    const counts = this.#watcher?.tally.counts;
    const answer = this.#once(() => answerInterrupted(this.#session, { ...end, counts }));
    answer.then(this.#left.resolve, this.#left.reject);
  }

  async #reject(failures: Failures): Promise<number> {
    this.#watcher?.stop();
    const end = { failures, task: this.#task, durationMs: this.#elapsed() };
    return await this.#once(() => answerRejected(this.#session, end));
  }

  async #once(answer: () => Promise<number>): Promise<number> {
    this.#answer ??= answer();
    return await this.#answer;
  }

  async #unwritten(thrown: unknown): Promise<number> {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    await this.#session.output.note(`the answer cannot be written: ${why}`).catch(() => undefined);
    return EXIT.failed;
  }

  #elapsed(): number {
    return this.#session.io.clock.elapsed() - this.#startedAt;
  }
}

function refused(failures: Failures): Started {
  return { ok: false, failures };
}
