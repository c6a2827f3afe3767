import type { LogsWanted, PrintedText, RunIndex } from '@skein/journal';
import { fail, succeed, type Result, type RunEvent, type RunStatus } from '@skein/model';
import { logJson, renderLogLines } from '@skein/view';
import type { Workspace } from '@skein/workspace';
import { EXIT } from './io.ts';
import { optionCount, optionGiven, optionText } from './parse.ts';
import { inWorkspace, refuse, type Session } from './session.ts';
import { noSuchAction } from './show.ts';

/** So long a living run is left alone before it is asked again. */
const PAUSE_MS = 200;
/** Lines written at once: a run may have printed more than fits in memory. */
const WRITTEN = 500;

/** `skein logs [run]`. */
export async function printLogs(session: Session): Promise<number> {
  const wanted = readWanted(session);
  if (!wanted.ok) return await refuse(session, [wanted.failure]);
  const [run = 'last'] = session.parsed.positionals;
  return await inWorkspace(session, undefined, async (workspace) => {
    const found = workspace.show(run);
    if (!found.ok) return await refuse(session, [found.failure]);
    const index = found.value;
    const { action } = wanted.value;
    const isOver = index.overview.status !== 'running';
    if (isOver && action !== undefined && action > 0 && index.at(action) === undefined) {
      return await refuse(session, [noSuchAction(action, index.highest)]);
    }
    const logs = new Logs(session, { index, wanted: wanted.value });
    if (optionGiven(session.parsed, 'follow')) return await logs.follow(workspace);
    await logs.printRecorded();
    return EXIT.ok;
  });
}

function readWanted({ parsed }: Session): Result<LogsWanted> {
  const action = optionCount(parsed, 'action', 0);
  if (!action.ok) return fail(action.failure);
  const task = optionText(parsed, 'task');
  const stream = optionText(parsed, 'stream');
  return succeed({
    ...(action.value === undefined ? {} : { action: action.value }),
    ...(task === undefined ? {} : { task }),
    ...(stream === 'stdout' || stream === 'stderr' ? { stream } : {}),
  });
}

interface LogsRequest {
  readonly index: RunIndex;
  readonly wanted: LogsWanted;
}

/** What one run printed, and goes on to print. */
class Logs {
  readonly #session: Session;
  readonly #index: RunIndex;
  readonly #wanted: LogsWanted;
  /** Tasks of actions that began after the index was made. */
  readonly #tasks = new Map<number, string>();

  constructor(session: Session, { index, wanted }: LogsRequest) {
    this.#session = session;
    this.#index = index;
    this.#wanted = wanted;
  }

  async printRecorded(): Promise<void> {
    const { output, json } = this.#session;
    const { run, status } = this.#index.overview;
    const printed = this.#index.logs(this.#wanted);
    if (!json) return await this.#print(printed);
    const head = JSON.stringify({ run, status }).slice(0, -1);
    const lines = Array.from(printed, (one) => this.#json(one));
    await output.print(`${head},"lines":[${lines.join(',')}]}`);
  }

  /** Until the run ends, its process is gone, or somebody interrupts. */
  async follow(workspace: Workspace): Promise<number> {
    const interrupted = new AbortController();
    const release = this.#session.io.onInterrupt(() => interrupted.abort());
    try {
      await this.#print(this.#index.logs(this.#wanted));
      const status = await this.#followEnd(workspace, interrupted.signal);
      if (!status.ok) return await refuse(this.#session, [status.failure]);
      await this.#tellEnd(status.value);
      return interrupted.signal.aborted ? EXIT.interrupted : EXIT.ok;
    } finally {
      release();
    }
  }

  async #followEnd(workspace: Workspace, signal: AbortSignal): Promise<Result<RunStatus>> {
    let { status } = this.#index.overview;
    let { seq } = this.#index;
    while (status === 'running' && !signal.aborted) {
      const page = workspace.follow(this.#index, seq);
      if (!page.ok) return page;
      const { events, more, alive } = page.value;
      ({ seq } = page.value);
      await this.#print(events.filter((event) => this.#isWanted(event)));
      const end = events.find((event) => event.kind === 'run-finished');
      if (end !== undefined) ({ status } = end);
      else if (!more && !alive) status = 'interrupted';
      else if (!more) await this.#session.io.wait(PAUSE_MS, signal);
    }
    return succeed(status);
  }

  #isWanted(event: RunEvent): event is Extract<RunEvent, { readonly kind: 'action-logged' }> {
    if (event.kind === 'action-started') this.#tasks.set(event.action, event.task);
    if (event.kind !== 'action-logged') return false;
    const { action, task, stream } = this.#wanted;
    if (action !== undefined && action !== event.action) return false;
    if (stream !== undefined && stream !== event.stream) return false;
    const own = this.#taskOf(event.action);
    return task === undefined || own === task || own?.endsWith(`#${task}`) === true;
  }

  async #print(all: Iterable<PrintedText>): Promise<void> {
    let lines: string[] = [];
    for (const printed of all) {
      lines.push(...this.#lines(printed));
      if (lines.length < WRITTEN) continue;
      await this.#session.output.print(lines.join('\n'));
      lines = [];
    }
    if (lines.length > 0) await this.#session.output.print(lines.join('\n'));
  }

  #lines(printed: PrintedText): readonly string[] {
    const { json, output } = this.#session;
    if (json) return [this.#json(printed)];
    const { startedAt } = this.#index.overview;
    const task = this.#taskOf(printed.action);
    const view = { style: output.style, startedAt };
    return renderLogLines(printed, task === undefined ? view : { ...view, task });
  }

  #json(printed: PrintedText): string {
    return JSON.stringify(logJson(printed, this.#taskOf(printed.action)));
  }

  async #tellEnd(status: RunStatus): Promise<void> {
    const { output, json } = this.#session;
    const { run } = this.#index.overview;
    if (json) await output.print(JSON.stringify({ run, status }));
    else await output.note(`run ${run} ${status}`);
  }

  #taskOf(action: number): string | undefined {
    return this.#tasks.get(action) ?? this.#index.at(action)?.task;
  }
}
