import { resolve } from 'node:path';
import { fail, type Failure, type Result, type TaskDefinition, type TaskId } from '@skein/model';
import { renderResumePlan, resumePlanJson } from '@skein/view';
import type { Resumable, ResumableRequest, ResumeRequest, Workspace } from '@skein/workspace';
import { describeImageStep } from './image-step.ts';
import { EXIT } from './io.ts';
import { type Asked, type JobRequest, OneRun } from './one-run.ts';
import { optionGiven, optionText } from './parse.ts';
import { type Recorded, readChangedInputs } from './changed-inputs.ts';
import { type RunSettings, readRunSettings } from './run-settings.ts';
import { atLeastOne, openFor, printJson, refuse, type Session } from './session.ts';

/** `skein resume [run]`: goes on from what an earlier run finished (R1). */
export async function resumeRun(session: Session): Promise<number> {
  const settings = readRunSettings(session);
  if (!settings.ok) return await refuse(session, [settings.failure]);
  if (optionGiven(session.parsed, 'dry-run')) return await planOnly(session, settings.value);
  const resume = new Resume(session, settings.value);
  const run = new OneRun(session, {
    open: () => resume.open(),
    ask: async (workspace, picked) => {
      const asked = await resume.ask(workspace, picked);
      if (asked.ok) await resume.sayWhich();
      return asked;
    },
  });
  return await run.answer();
}

/** `--dry-run`: says what it would do. */
async function planOnly(session: Session, settings: RunSettings): Promise<number> {
  const resume = new Resume(session, settings);
  const opened = await resume.open();
  if (!opened.ok) return await refuse(session, [opened.failure]);
  try {
    const asked = await resume.ask(opened.value, () => undefined);
    if (!asked.ok) return await refuse(session, asked.failures);
    const { output, json } = session;
    const plan = await opened.value.planResume({
      ...asked.request,
      onImage: (step) => void output.note(describeImageStep(step)),
    });
    if (!plan.ok) return await refuse(session, [plan.failure]);
    const { style, width } = output;
    if (json) await printJson(output, resumePlanJson(plan.value));
    else await output.print(renderResumePlan(plan.value, { style, width }));
    return EXIT.ok;
  } finally {
    await opened.value.close();
  }
}

/** The run that is gone on from, and what is asked of it. */
class Resume {
  readonly #session: Session;
  readonly #settings: RunSettings;
  #resumable: Resumable | undefined;

  constructor(session: Session, settings: RunSettings) {
    this.#session = session;
    this.#settings = settings;
  }

  /** The record says which entry it was: it is found first, in the workspace around us. */
  async open(): Promise<Result<Workspace>> {
    const around = await openFor(this.#session);
    if (!around.ok) return around;
    let found: Result<Resumable>;
    try {
      found = await around.value.resumable(this.#wanted());
    } finally {
      await around.value.close();
    }
    if (!found.ok) return found;
    this.#resumable = found.value;
    const opened = await openFor(this.#session, found.value.entry);
    return opened.ok ? opened : fail(explained(opened.failure, found.value));
  }

  #wanted(): ResumableRequest {
    const { io, parsed } = this.#session;
    const [run] = parsed.positionals;
    const entry = optionText(parsed, 'entry');
    const task = optionText(parsed, 'task');
    return {
      ...(run === undefined ? {} : { run }),
      ...(entry === undefined ? {} : { entry: resolve(io.cwd, entry) }),
      ...(task === undefined ? {} : { task }),
    };
  }

  async ask(
    workspace: Workspace,
    picked: (task: TaskId) => void,
  ): Promise<Asked<JobRequest & { readonly resume: ResumeRequest }>> {
    const resumable = this.#resumable;
    if (resumable === undefined) throw new Error('the workspace is opened first');
    const { state, override } = resumable;
    const declared = await workspace.tasks();
    if (!declared.ok) return { ok: false, failures: atLeastOne(declared.failures) };
    const task = declared.tasks.find(({ id }) => id === state.started.task);
    if (task === undefined) return { ok: false, failures: [taskGone(resumable, declared.tasks)] };
    picked(task.id);
    const recorded: Recorded = {
      run: state.overview.run,
      inputs: resumable.inputs,
      decode: (bytes) => workspace.decode(bytes),
    };
    const inputs = await readChangedInputs(this.#session, { workspace, task, recorded });
    if (!inputs.ok) return inputs;
    return {
      ok: true,
      request: {
        ...this.#settings,
        task: task.id,
        args: inputs.args,
        ...(override === undefined ? {} : { override }),
        resume: { run: state, edited: this.#edited },
      },
    };
  }

  get #edited(): 'adopt' | 'execute' {
    return optionText(this.#session.parsed, 'edited') === 'execute' ? 'execute' : 'adopt';
  }

  /** Which run was taken: nobody may have named it. */
  async sayWhich(): Promise<void> {
    if (this.#resumable === undefined) return;
    const { run, status, task } = this.#resumable.state.overview;
    await this.#session.output.note(`resuming run ${run} of ${task}, which ${ended(status)}`);
  }
}

function ended(status: Resumable['state']['overview']['status']): string {
  return status === 'failed' || status === 'succeeded' ? status : `was ${status}`;
}

/** The entry's file may have been moved since: then the record is no help. */
function explained(failure: Failure, { state }: Resumable): Failure {
  if (failure.code !== 'entry-not-found') return failure;
  return {
    code: 'entry-not-found',
    kind: 'usage',
    headline: 'the file of the run that is to be gone on from is gone',
    facts: [
      ['run', state.overview.run],
      ['file', state.started.entry],
    ],
    hint: 'put it back, or start from its new place with `skein run`: what is cached is reused',
  };
}

function taskGone({ state }: Resumable, declared: readonly TaskDefinition[]): Failure {
  return {
    code: 'task-not-found',
    kind: 'usage',
    headline: 'the task of the run that is to be gone on from is gone',
    facts: [
      ['run', state.overview.run],
      ['task', state.started.task],
      ['tasks', declared.map(({ id }) => id).join(', ')],
    ],
    hint: 'put it back under its name, or start another one with `skein run`',
  };
}
