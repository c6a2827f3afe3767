import type { AttemptHost } from './executor.ts';
import { MaskedStream } from './masked-stream.ts';
import { DEFAULT_BUDGET, OutputLimit } from './output-limit.ts';
import type { Services } from './services.ts';

/** What one action prints: without secrets (O7), and no more than anybody reads. */
export class ActionOutput {
  readonly #host: AttemptHost;
  readonly #limit: OutputLimit;
  readonly #masked: Readonly<Record<'stdout' | 'stderr', MaskedStream>>;

  constructor(host: AttemptHost, { secrets, elapsed }: Services) {
    this.#host = host;
    this.#limit = new OutputLimit(DEFAULT_BUDGET, elapsed);
    this.#masked = { stdout: new MaskedStream(secrets), stderr: new MaskedStream(secrets) };
  }

  write(stream: 'stdout' | 'stderr', text: string): void {
    this.#print(stream, this.#masked[stream].pass(text));
  }

  /** Nothing more is printed. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#print(stream, this.#masked[stream].rest());
    }
    const note = this.#limit.note();
    if (note !== '') this.#host.logged('stderr', note);
  }

  #print(stream: 'stdout' | 'stderr', text: string): void {
    const kept = text === '' ? '' : this.#limit.pass(text);
    if (kept !== '') this.#host.logged(stream, kept);
  }
}
