import type {
  AdoptionSummary,
  ResumeCounts,
  ResumePlan,
  TaskId,
  ToExecute,
  Undecided,
} from '@skein/model';
import type { Resumption } from './resumption.ts';

/** What a plan of a resume is made of, as it is found out. */
export class ResumeDraft {
  readonly #task: TaskId;
  readonly #resume: Resumption;
  readonly #byTask = new Map<TaskId, Record<keyof ResumeCounts, number>>();
  readonly #execute: ToExecute[] = [];
  readonly #undecided: Undecided[] = [];

  constructor({ task, resume }: { readonly task: TaskId; readonly resume: Resumption }) {
    this.#task = task;
    this.#resume = resume;
  }

  count(task: TaskId, what: keyof ResumeCounts): void {
    const counts = this.#byTask.get(task) ?? { adopt: 0, reuse: 0, execute: 0 };
    this.#byTask.set(task, counts);
    counts[what] += 1;
  }

  execute(action: ToExecute): void {
    this.count(action.task, 'execute');
    this.#execute.push(action);
  }

  undecided(task: TaskId, why: Undecided['why']): void {
    this.#undecided.push({ task, why });
  }

  plan(adoption: AdoptionSummary): ResumePlan {
    const [from] = this.#resume.runs;
    if (from === undefined) throw new Error('nothing is gone on from');
    const { run, status } = from.overview;
    const sum = { adopt: 0, reuse: 0, execute: 0 };
    for (const { adopt, reuse, execute } of this.#byTask.values()) {
      sum.adopt += adopt;
      sum.reuse += reuse;
      sum.execute += execute;
    }
    return {
      run,
      status,
      task: this.#task,
      counts: sum,
      adoption,
      tasks: [...this.#byTask].map(([task, counts]) => ({ task, counts })),
      execute: this.#execute,
      undecided: this.#undecided,
    };
  }
}
