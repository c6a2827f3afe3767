import type { Result, TaskId } from '@skein/model';
import type { RunHandle, StartRequest, Workspace } from '@skein/workspace';
import { answerEnd, answerInterrupted, answerRejected, answerThrown } from './answer.ts';
import { onInterrupts } from './interrupt.ts';
import { EXIT } from './io.ts';
import type { Failures, Session } from './session.ts';
import { type Watcher, watchRun } from './watch-run.ts';

/** What is to be run, found out step by step: each may take long, or say no. */
export interface Job {
  readonly open: () => Promise<Result<Workspace>>;
  /** `picked` is told the task as soon as it is known: answers name it. */
  readonly ask: (workspace: Workspace, picked: (task: TaskId) => void) => Promise<Asked>;
}

export type JobRequest = Omit<StartRequest, 'initiator' | 'onEvent'>;

export type Asked<R extends JobRequest = JobRequest> =
  | { readonly ok: true; readonly request: R }
  | { readonly ok: false; readonly failures: Failures };

type Started =
  | { readonly ok: true; readonly handle: RunHandle; readonly watcher: Watcher }
  | { readonly ok: false; readonly failures: Failures };

/**
 * One run, from the command line to its answer. Invariant: it is answered once, by the end of
 * the run or by an interruption that does not wait for it.
 */
export class OneRun {
  readonly #session: Session;
  readonly #job: Job;
  readonly #startedAt: number;
  readonly #left = Promise.withResolvers<number>();
  #task: TaskId | null = null;
  #handle: RunHandle | undefined;
  #watcher: Watcher | undefined;
  #answer: Promise<number> | undefined;

  constructor(session: Session, job: Job) {
    this.#session = session;
    this.#job = job;
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
    const opened = await this.#job.open();
    if (!opened.ok) return await this.#reject([opened.failure]);
    try {
      const started = await this.#start(opened.value);
      if (!started.ok) return await this.#reject(started.failures);
      const summary = await started.handle.done;
      started.watcher.stop();
      const { tally } = started.watcher;
      return await this.#once(() => answerEnd(this.#session, { summary, tally }));
    } finally {
      await opened.value.close();
    }
  }

  async #start(workspace: Workspace): Promise<Started> {
    const asked = await this.#job.ask(workspace, (task) => {
      this.#task = task;
    });
    if (!asked.ok) return asked;
    const { request } = asked;
    this.#task = request.task;
    const watcher = watchRun(this.#session, workspace, request.task);
    this.#watcher = watcher;
    const { initiator } = this.#session.io;
    const handle = await workspace.start({ ...request, initiator, onEvent: watcher.observe });
    if (!handle.ok) return { ok: false, failures: [handle.failure] };
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
