import { digestOf } from '@skein/values';
import type { AnalysisContext } from './context.ts';
import { emitModules } from './emit.ts';
import type { EmittedModule } from './emit.ts';
import type { KeptSource } from './record.ts';
import type { SourceReader } from './sources.ts';
import { summarise } from './summarise.ts';

/** A module that was summed up, before it is known where its imports lead. */
export type SummarisedModule = Omit<KeptSource, 'imports' | 'globs'>;

/** So many modules are emitted at one go: another process emits while these are summed up. */
const BATCH = 128;

/**
 * Emits and sums up modules as they are found; their emitted code is kept for bundles and for
 * people.
 */
export class Summariser {
  readonly #context: AnalysisContext;
  readonly #sources: SourceReader;
  readonly #added = new Set<string>();
  #open: string[] = [];
  readonly #batches: Promise<SummarisedModule[]>[] = [];

  constructor(context: AnalysisContext, sources: SourceReader) {
    this.#context = context;
    this.#sources = sources;
  }

  add(path: string): void {
    if (this.#added.has(path)) return;
    this.#added.add(path);
    this.#open.push(path);
    if (this.#open.length === BATCH) this.#start();
  }

  /** All that were added, in no particular order. Rejects where one of them cannot be parsed. */
  async finish(): Promise<SummarisedModule[]> {
    if (this.#open.length > 0) this.#start();
    return (await Promise.all(this.#batches)).flat();
  }

  #start(): void {
    const { root, target } = this.#context;
    const contents = this.#open.map(
      (it) => [it, new TextDecoder().decode(this.#sources.read(it))] as const,
    );
    this.#open = [];
    const emitted = emitModules({ root, target, sources: new Map(contents) });
    const batch = emitted.then((it) => this.#summarise(it));
    // Whoever never asks for the result has heard of the error from somebody else.
    batch.catch(() => undefined);
    this.#batches.push(batch);
  }

  #summarise(emitted: readonly EmittedModule[]): SummarisedModule[] {
    const content = JSON.stringify(
      Object.fromEntries(emitted.map(({ path, code, map }) => [path, { code, map }])),
    );
    const pack = this.#context.keeper.saveContent('emitted', content);
    return emitted.map((it) => {
      const source = this.#sources.file(it.path)?.digest ?? digestOf('blob', it.source);
      return { path: it.path, source, pack, summary: summarise(it) };
    });
  }
}

export async function summariseModules(
  context: AnalysisContext,
  sources: SourceReader,
  paths: readonly string[],
): Promise<SummarisedModule[]> {
  const summariser = new Summariser(context, sources);
  for (const it of paths) summariser.add(it);
  return await summariser.finish();
}
