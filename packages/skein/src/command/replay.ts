import type { Failure } from '@skein/model';
import { renderReplay, replayJson } from '@skein/view';
import type { ReplayRequest } from '@skein/workspace';
import { locateFiles, locateIn } from './files.ts';
import { type InspectorPlace, readPlace, waitAtStart } from './inspect.ts';
import { onInterrupts } from './interrupt.ts';
import { EXIT } from './io.ts';
import { optionGiven, optionText } from './parse.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';

/** `skein replay <run> <action>`: exit 1 where it throws. */
export async function replayAction(session: Session): Promise<number> {
  const { output, parsed, io } = session;
  const [run = 'last', word = ''] = parsed.positionals;
  if (!/^[1-9]\d*$/.test(word)) {
    return await refuse(session, [noNumber(word)]);
  }
  const place = readPlace(optionText(parsed, 'inspect'));
  if (!place.ok) return await refuse(session, [place.failure]);
  const interruption = new AbortController();
  const debug = new Debugging(session, place.value, interruption);
  const request: ReplayRequest = {
    run,
    action: Number(word),
    signal: interruption.signal,
    onLog: (_stream, text) => void io.stderr.write(text),
    atStart: (fn) => debug.begin(fn),
  };
  try {
    return await inWorkspace(session, undefined, async (workspace) => {
      const report = await workspace.replay(request);
      debug.end();
      if (!report.ok) return await refuse(session, [report.failure]);
      const { summary } = report.value;
      const files = await locateFiles(summary.result);
      const { style, width } = output;
      if (session.json)
        await printJson(output, replayJson(report.value, { locate: locateIn(files) }));
      else {
        const view = { style, width, files: [...files.values()] };
        await output.print(renderReplay(report.value, view));
      }
      if (summary.status === 'cancelled') return EXIT.interrupted;
      return summary.status === 'succeeded' ? EXIT.ok : EXIT.failed;
    });
  } finally {
    debug.end();
  }
}

function noNumber(word: string): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: 'an action is named by its number',
    facts: [['given', `"${word}"`]],
    hint: '"skein show <run>" lists them',
  };
}

/** A debugger while the action runs, where one is asked for; interruptions while it runs. */
class Debugging {
  readonly #session: Session;
  readonly #place: InspectorPlace;
  readonly #interruption: AbortController;
  readonly #closing: (() => void)[] = [];

  constructor(session: Session, place: InspectorPlace, interruption: AbortController) {
    this.#session = session;
    this.#place = place;
    this.#interruption = interruption;
  }

  /** Who waits for a debugger is ended by an interruption as any program is: nobody listens yet. */
  begin(fn: (...args: never[]) => unknown): void {
    const { io, parsed } = this.#session;
    if (optionGiven(parsed, 'inspect')) {
      const say = (url: string): void => {
        io.stderr.write(`waiting for a debugger: open chrome://inspect, or attach to ${url}\n`);
      };
      this.#closing.push(waitAtStart(this.#place, fn, say));
    }
    const interrupt = (): void => this.#interruption.abort();
    this.#closing.push(onInterrupts(io, { first: interrupt, again: interrupt }));
  }

  end(): void {
    for (const close of this.#closing.splice(0)) close();
  }
}
