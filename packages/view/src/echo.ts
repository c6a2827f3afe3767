import type { ActionLogged } from '@skein/model';
import { taskName, type Tally } from './tally.ts';
import type { Style } from './style.ts';

const LINES_PER_TASK = 50;

/**
 * What actions print through the console, as lines that say who printed them. Ten thousand chatty
 * actions neither flood a terminal nor slow the run: each task shows its first lines; all are kept.
 */
export class Echo {
  readonly #tally: Tally;
  readonly #style: Style;
  readonly #shown = new Map<string, number>();

  constructor(tally: Tally, style: Style) {
    this.#tally = tally;
    this.#style = style;
  }

  /** The text to print, or nothing. */
  show(event: ActionLogged): string | undefined {
    const task = this.#tally.taskOf(event.action);
    const unnamed = event.worker ?? `action ${event.action}`;
    const name = task === undefined ? unnamed : taskName(task);
    const before = this.#shown.get(name) ?? 0;
    if (before > LINES_PER_TASK) return undefined;
    const lines = event.text.replace(/\n$/, '').split('\n');
    this.#shown.set(name, before + lines.length);
    const label = this.#style.faint(`${name} |`);
    const shown = lines.slice(0, LINES_PER_TASK - before).map((line) => `${label} ${line}`);
    if (before + lines.length > LINES_PER_TASK) {
      shown.push(`${label} ${this.#style.faint('… further lines are in "skein show"')}`);
      this.#shown.set(name, LINES_PER_TASK + 1);
    }
    return shown.join('\n');
  }
}
