import type { CodePart, TaskId } from '@skein/model';
import type { Digest } from '@skein/values';
import type { ModuleFacts } from './facts.ts';
import type { Keeper } from './keep.ts';
import type { LinkedManifests } from './manifests.ts';
import { Parts } from './parts.ts';
import type { OtherPart } from './parts.ts';
import { Program } from './program.ts';

/** First line of kept facts; one line for each module follows. */
interface FactsHead {
  readonly manifests: readonly KeptManifest[];
  /** Every part of a manifest that is no plain piece. */
  readonly others: readonly OtherPart[];
}

interface KeptManifest {
  readonly task: TaskId;
  readonly digest: Digest;
  /** Written by `writeNumbers`. */
  readonly parts: string;
}

const FOLDER = 'facts';

/** What linking found out of an analysis, for later ones and for who asks for parts. */
export interface FoundFacts {
  readonly modules: readonly ModuleFacts[];
  readonly linked: LinkedManifests;
  /** Lines of modules that are as they were stay as they are. */
  readonly before: KeptFacts | undefined;
}

/** Keeps facts and manifests under the name of their content. */
export function saveFacts(
  keeper: Keeper,
  found: FoundFacts,
): { readonly name: string; readonly facts: KeptFacts } {
  const { manifests, parts } = found.linked;
  const head: FactsHead = {
    manifests: manifests.map((it) => ({ ...it, parts: writeNumbers(it.parts) })),
    others: parts.others,
  };
  const lines = found.modules.map((it) => found.before?.lineOf(it) ?? JSON.stringify(it));
  const text = [JSON.stringify(head), ...lines].join('\n');
  return { name: keeper.saveContent(FOLDER, text), facts: new KeptFacts(text, parts) };
}

export function loadFacts(keeper: Keeper, name: string): KeptFacts | undefined {
  const text = keeper.loadContent(FOLDER, name);
  return text === undefined ? undefined : new KeptFacts(text);
}

/** Facts and manifests as they are kept, read when they are asked for. */
export class KeptFacts {
  readonly #text: string;
  readonly #lineOf = new Map<ModuleFacts, string>();
  #modules: readonly ModuleFacts[] | undefined;
  #head: FactsHead | undefined;
  #parts: Parts | undefined;

  constructor(text: string, parts?: Parts) {
    this.#text = text;
    this.#parts = parts;
  }

  modules(): readonly ModuleFacts[] {
    this.#modules ??= this.#text
      .split('\n')
      .slice(1)
      .map((line) => {
        const facts = JSON.parse(line) as ModuleFacts;
        this.#lineOf.set(facts, line);
        return facts;
      });
    return this.#modules;
  }

  /** The line of these very facts. */
  lineOf(facts: ModuleFacts): string | undefined {
    return this.#lineOf.get(facts);
  }

  parts(): Parts {
    this.#parts ??= new Parts(new Program(this.modules()), this.#first().others);
    return this.#parts;
  }

  /** What the code digest of a task covers. */
  partsOf(task: TaskId): readonly CodePart[] {
    const parts = this.parts();
    const kept = this.#first().manifests.find((it) => it.task === task);
    return readNumbers(kept?.parts ?? '').map((it) => parts.part(it));
  }

  #first(): FactsHead {
    this.#head ??= JSON.parse(this.#text.slice(0, this.#text.indexOf('\n'))) as FactsHead;
    return this.#head;
  }
}

/** Numbers in their order; those that follow one another as the first and the last. */
export function writeNumbers(numbers: readonly number[]): string {
  const runs: string[] = [];
  for (let at = 0; at < numbers.length; at++) {
    const first = numbers[at] ?? 0;
    let last = first;
    while (numbers[at + 1] === last + 1) {
      last += 1;
      at += 1;
    }
    runs.push(first === last ? `${first}` : `${first}-${last}`);
  }
  return runs.join(' ');
}

export function readNumbers(text: string): number[] {
  if (text === '') return [];
  return text.split(' ').flatMap((run) => {
    const [first = 0, last = first] = run.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}
