import { type Outside, type Script, Thrown } from './scripted.ts';

export interface Outcome {
  readonly failed: boolean;
  /** JSON of the result, or the error's message. */
  readonly text: string;
}

/** What was seen, in words. */
export type Seen =
  | { readonly kind: 'plain'; readonly look: string; readonly was: string }
  | { readonly kind: 'call'; readonly task: string; readonly args: string; readonly came: string }
  | {
      readonly kind: 'map';
      readonly task: string;
      readonly items: readonly string[];
      /** `undefined`: it never started. */
      readonly came: readonly (string | undefined)[];
    };

export async function outcomeOf(body: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { failed: false, text: JSON.stringify(await body()) };
  } catch (error) {
    return { failed: true, text: `error ${(error as Error).message}` };
  }
}

export function look(outside: Outside, what: string): string {
  const [kind, name = ''] = what.split(' ');
  switch (kind) {
    case 'read':
      return String(outside.files.get(name));
    case 'list':
      return outside.list(name).join(' ');
    case 'exists':
      return String(outside.exists(name));
    default:
      return String(outside.variables.get(name));
  }
}

/** What a running body has around it. */
interface Surroundings {
  readonly outside: Outside;
  readonly memory: Map<string, unknown>;
  readonly logged: (seen: Seen) => void;
  readonly call: (task: string, args: string) => Promise<Outcome>;
}

/** A running body: what it sees is cut into waves. */
export class OracleScript implements Script {
  readonly attempt = 1;
  readonly waves: Seen[][] = [];
  readonly #of: Surroundings;
  #isCut = true;

  constructor(of: Surroundings) {
    this.#of = of;
  }

  async call(task: string, ...given: readonly unknown[]): Promise<unknown> {
    const args = JSON.stringify(given);
    this.#isCut = true;
    const outcome = await this.#of.call(task, args);
    this.#see({ kind: 'call', task, args, came: outcome.text });
    return valueOf(outcome);
  }

  overridden(): never {
    throw new Error('the oracle knows no overrides');
  }

  async map(task: string, given: readonly unknown[]): Promise<unknown[]> {
    this.#isCut = true;
    const items = given.map((item) => JSON.stringify([item]));
    const outcomes: Outcome[] = [];
    for (const args of items) {
      const outcome = await this.#of.call(task, args);
      outcomes.push(outcome);
      if (outcome.failed) break;
    }
    const came = items.map((_, index) => outcomes[index]?.text);
    this.#see({ kind: 'map', task, items, came });
    return outcomes.map(valueOf);
  }

  read(path: string): string | undefined {
    this.#look(`read ${path}`);
    return this.#of.outside.files.get(path);
  }

  list(folder: string): readonly string[] {
    this.#look(`list ${folder}`);
    return this.#of.outside.list(folder);
  }

  exists(path: string): boolean {
    this.#look(`exists ${path}`);
    return this.#of.outside.exists(path);
  }

  variable(name: string): string | undefined {
    this.#look(`variable ${name}`);
    return this.#of.outside.variables.get(name);
  }

  keep<T>(name: string, make: () => T): T {
    const { memory } = this.#of;
    if (!memory.has(name)) memory.set(name, make());
    return memory.get(name) as T;
  }

  write(): never {
    throw new Error('the oracle knows no writes');
  }

  impure(): never {
    throw new Error('the oracle knows no impurities');
  }

  untraceable(): never {
    throw new Error('the oracle knows nothing untraceable');
  }

  #look(what: string): void {
    this.#see({ kind: 'plain', look: what, was: look(this.#of.outside, what) });
  }

  #see(seen: Seen): void {
    if (this.#isCut) this.waves.push([]);
    this.#isCut = false;
    this.waves.at(-1)?.push(seen);
    this.#of.logged(seen);
  }
}

function valueOf({ failed, text }: Outcome): unknown {
  if (failed) throw new Thrown(text.slice('error '.length));
  return JSON.parse(text);
}
