import { fail, succeed } from '@skein/model';
import type { Failure, ResolvedImage, Result } from '@skein/model';
import { dialectOf } from './dialect.ts';
import type { Engine } from './engine.ts';
import { whatItSaid } from './engine.ts';

/** How an image is called that was built and pushed nowhere. */
export const LOCAL_PREFIX = 'localhost/skein';

/** An image that the engine has. */
export interface PresentImage {
  /** Names of the variables that it sets. */
  readonly variables: ReadonlySet<string>;
}

export interface Pulling {
  /** Registries (`host:port`) that are spoken to without TLS. */
  readonly insecureRegistries: readonly string[];
  /** A line of the engine's progress. */
  readonly onLine: (line: string) => void;
}

/** Sees to it that the engine has an image; each is asked for, and pulled, at most once. */
export class ImagePresence {
  readonly #engine: Engine;
  readonly #pulling: Pulling;
  readonly #known = new Map<string, Promise<Result<PresentImage>>>();
  readonly #end = new AbortController();

  constructor(engine: Engine, pulling: Pulling) {
    this.#engine = engine;
    this.#pulling = pulling;
  }

  ensure(image: ResolvedImage): Promise<Result<PresentImage>> {
    const known = this.#known.get(image.reference);
    if (known !== undefined) return known;
    const asked = this.#ask(image).then((result) => {
      // The network may be back for the next.
      if (!result.ok) this.#known.delete(image.reference);
      return result;
    });
    this.#known.set(image.reference, asked);
    return asked;
  }

  /** Ends what is being pulled. */
  close(): void {
    this.#end.abort();
  }

  async #ask(image: ResolvedImage): Promise<Result<PresentImage>> {
    const there = await this.#inspect(image.reference);
    if (there !== undefined) return succeed(there);
    const host = image.reference.split('/')[0] ?? '';
    const isInsecure = this.#pulling.insecureRegistries.includes(host);
    const flags = isInsecure ? dialectOf(this.#engine).pullInsecurely : [];
    const pulled = await this.#engine.run(['pull', ...flags, image.reference], {
      signal: this.#end.signal,
      onLine: (line) => this.#pulling.onLine(line),
      limitMs: null,
    });
    if (pulled.code !== 0) return fail(notPulled(image, whatItSaid(pulled)));
    const now = await this.#inspect(image.reference);
    return now === undefined ? fail(notPulled(image, 'it was pulled, and is gone')) : succeed(now);
  }

  async #inspect(reference: string): Promise<PresentImage | undefined> {
    const format = ['--format', '{{range .Config.Env}}{{println .}}{{end}}'];
    const asked = await this.#engine.run(['image', 'inspect', ...format, reference]);
    if (asked.code !== 0) return undefined;
    const names = asked.stdout.split('\n').flatMap((line) => /^([^=]+)=/.exec(line)?.[1] ?? []);
    return { variables: new Set(names) };
  }
}

function notPulled(image: ResolvedImage, said: string): Failure {
  return {
    code: 'container-failed',
    kind: 'environment',
    headline: `the image "${image.name}" cannot be pulled`,
    facts: [
      ['image', image.reference],
      ['the engine says', said],
    ],
    hint: image.reference.startsWith(`${LOCAL_PREFIX}/`)
      ? 'it was built and pushed nowhere: configure "container.registry", remove its entry of ' +
        '"recipes" in "skein.images.json", and run again, which builds it'
      : 'see that the registry can be reached and that you are logged in to it',
  };
}
