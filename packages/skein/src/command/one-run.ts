import { FailureError, type Result, type RunEvent, type TaskId } from '@skein/model';
import type { ImageStep, RunHandle, StartRequest, Workspace } from '@skein/workspace';
import { answerEnd, answerInterrupted, answerRejected, answerThrown, rejection } from './answer.ts';
import { CiReport } from './ci-report.ts';
import { describeImageStep } from './image-step.ts';
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

export type JobRequest = Omit<StartRequest, 'initiator' | 'onEvent' | 'onSharing' | 'onImage'>;

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
  readonly #ci: CiReport;
  #task: TaskId | null = null;
  #handle: RunHandle | undefined;
  #watcher: Watcher | undefined;
  #answer: Promise<number> | undefined;
  /** What is being built is ended first: it would go on without us. */
  #isBuilding = false;
  readonly #interruption = new AbortController();

  constructor(session: Session, job: Job) {
    this.#session = session;
    this.#job = job;
    this.#ci = new CiReport(session);
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
      if (thrown instanceof FailureError) return await this.#reject([thrown.failure]);
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
    this.#ci.opened(opened.value);
    try {
      const started = await this.#start(opened.value);
      if (!started.ok) return await this.#reject(started.failures);
      const summary = await started.handle.done;
      started.watcher.stop();
      const { tally } = started.watcher;
      return await this.#once(async () => {
        const code = await answerEnd(this.#session, { summary, tally });
        await this.#ci.tell({ summary, tally });
        return code;
      });
    } finally {
      this.#ci.closed();
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
    const onEvent = (event: RunEvent): void => {
      watcher.observe(event);
      this.#ci.observe(event);
    };
    const { share: onSharing } = watcher;
    const onImage = (step: ImageStep): void => {
      this.#isBuilding = step.kind === 'building' && step.progress.kind !== 'built';
      watcher.print(describeImageStep(step));
    };
    const { signal } = this.#interruption;
    const asking = { ...request, initiator, onEvent, onSharing, onImage, signal };
    const handle = await workspace.start(asking);
    if (signal.aborted && !handle.ok) this.#leave();
    if (!handle.ok) return { ok: false, failures: [handle.failure] };
    this.#handle = handle.value;
    return { ok: true, handle: handle.value, watcher };
  }

  /** The first interruption. Before anything runs there is nothing to wait for. */
  #cancel(): void {
    if (this.#handle === undefined) {
      if (this.#isBuilding) {
        this.#watcher?.print('ending the build; interrupt again to leave now');
        this.#interruption.abort();
      } else this.#leave();
      return;
    }
    this.#watcher?.print(
      this.#watcher.isSharing()
        ? 'no more is shared: the run itself has ended'
        : 'cancelling: what runs is stopped and recorded; interrupt again to leave now',
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
    const rejected = rejection(this.#session, end);
    return await this.#once(async () => {
      const code = await answerRejected(this.#session, rejected);
      await this.#ci.tell(rejected);
      return code;
    });
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
