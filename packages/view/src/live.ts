import { formatCount, formatRate } from './amount.ts';
import { formatDuration } from './duration.ts';
import { describeLeft, Pacer, type Pace } from './pace.ts';
import type { Progress, ProgressRequest } from './progress.ts';
import type { Style } from './style.ts';
import { taskName, type Tally, type TaskTally } from './tally.ts';

const FRAME_MS = 100;
const TASK_LINES = 8;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;

/** A few lines that are rewritten ten times a second, on a terminal. */
export function createLive(request: ProgressRequest): Progress {
  const { stream, tally, style, clock } = request;
  const startedAt = clock.elapsed();
  const pacer = new Pacer(tally, request.expected);
  let screen: Screen | undefined;
  let frames = 0;
  let stopped = false;
  const draw = (): void => {
    const now = clock.elapsed();
    const pace = pacer.tick(now);
    const spinner = SPINNER[frames % SPINNER.length] ?? '';
    frames += 1;
    const title = `${style.name(spinner)} ${style.strong(request.title)}`;
    const width = stream.columns ?? 80;
    const elapsedMs = now - startedAt;
    const afterwards = request.afterwards?.();
    screen?.show(frame({ title, tally, pace, style, width, elapsedMs, afterwards }));
  };
  const cancel = request.every(FRAME_MS, draw);
  void openScreen(request).then((opened) => {
    if (!stopped) screen = opened;
  });
  return {
    print: (text) => {
      screen?.clear();
      stream.write(`${text}\n`);
      if (screen !== undefined && frames > 0) draw();
    },
    stop: () => {
      stopped = true;
      cancel();
      screen?.clear();
      screen = undefined;
    },
  };
}

export interface FrameRequest {
  readonly title: string;
  readonly tally: Tally;
  readonly pace: Pace;
  readonly style: Style;
  readonly width: number;
  readonly elapsedMs: number;
  /** Said instead of how actions go on. */
  readonly afterwards?: string | undefined;
}

/** What is on the terminal at one moment. */
export function frame(request: FrameRequest): string {
  const { title, tally, pace, style, width, elapsedMs, afterwards } = request;
  const head = `${title}  ${style.faint(formatDuration(elapsedMs))}`;
  if (afterwards !== undefined) return `${head}\n  ${afterwards}`;
  const { counts } = tally;
  const parts = [
    `${formatCount(tally.running)} running`,
    `${formatCount(counts.total)} done`,
    `${formatCount(counts.reused)} reused`,
    ...(counts.adopted > 0 ? [`${formatCount(counts.adopted)} adopted`] : []),
    counts.failed > 0 ? style.bad(`${formatCount(counts.failed)} failed`) : '0 failed',
    `${formatRate(pace.perSecond)}/s`,
    ...describeLeft(pace),
  ];
  return [head, `  ${parts.join(style.faint(' · '))}`, ...taskLines(tally, style, width)].join(
    '\n',
  );
}

function taskLines(tally: Tally, style: Style, width: number): readonly string[] {
  const open = tally.tasks().filter((task) => task.open > 0);
  const shown = open.slice(-TASK_LINES);
  const names = shown.map((task) => taskName(task.task));
  const column = Math.min(32, Math.max(8, ...names.map((name) => name.length)));
  const lines = shown.map((task, index) => {
    const name = (names[index] ?? '').padEnd(column).slice(0, column);
    const text = taskLine(task).slice(0, Math.max(10, width - column - 5));
    return `  ${style.name(name)}  ${text}`;
  });
  const hidden = open.length - shown.length;
  return hidden > 0 ? [...lines, style.faint(`  … ${hidden} more`)] : lines;
}

function taskLine(task: TaskTally): string {
  const done = task.executed + task.reused + task.adopted;
  const waiting = task.open - task.running;
  return [
    `${formatCount(task.running)} running`,
    ...(waiting > 0 ? [`${formatCount(waiting)} waiting`] : []),
    ...(done > 0 ? [`${formatCount(done)} done`] : []),
    ...(task.failed > 0 ? [`${formatCount(task.failed)} failed`] : []),
  ].join(', ');
}

interface Screen {
  show(text: string): void;
  clear(): void;
}

/** The library is loaded beside the run, so that a warm run does not wait for it. */
async function openScreen({ stream }: ProgressRequest): Promise<Screen> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stream as NodeJS.WritableStream, { showCursor: true });
  return {
    show: update,
    clear: () => update.clear(),
  };
}
