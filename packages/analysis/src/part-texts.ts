import type { CodePart } from '@skein/model';
import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import { readFileSync } from 'node:fs';
import type { SourceLines } from './analysis.ts';
import { DeclarationSources } from './declaration-source.ts';
import type { Emissions } from './emissions.ts';
import type { KeptFacts } from './kept-facts.ts';
import type { AnalysisRecord, KeptModule } from './record.ts';
import { toAbsolute } from './workspace-path.ts';

interface TextsRequest {
  readonly root: string;
  readonly record: AnalysisRecord;
  readonly facts: KeptFacts;
  readonly emissions: Emissions;
}

/** A module's source as it was analysed, with its declarations once one is asked for. */
interface Source {
  readonly text: string;
  declarations?: DeclarationSources | undefined;
}

/** Emitted code and source of the parts of an analysis. What is never asked for costs nothing. */
export class PartTexts {
  readonly #request: TextsRequest;
  readonly #sources = new Map<string, Source | undefined>();
  #modules: ReadonlyMap<string, KeptModule> | undefined;
  #byDigest: ReadonlyMap<string, number> | undefined;
  #byPart: ReadonlyMap<string, number> | undefined;

  constructor(request: TextsRequest) {
    this.#request = request;
  }

  emitted(digest: Digest): string | undefined {
    const parts = this.#request.facts.parts();
    this.#byDigest ??= this.#numbers((it) => ('digest' in it ? it.digest : ''));
    const number = this.#byDigest.get(digest);
    const at = number === undefined ? undefined : parts.at(number);
    if (number === undefined || at === undefined) return undefined;
    const part = parts.part(number);
    const module = 'module' in part ? this.#module(part.module) : undefined;
    if (module === undefined) return undefined;
    return this.#request.emissions.of(module)?.code.slice(at.start, at.end);
  }

  source(part: CodePart): SourceLines | undefined {
    if (part.kind !== 'symbol' && part.kind !== 'effect' && part.kind !== 'module') {
      return undefined;
    }
    const source = this.#source(part.module);
    if (source === undefined) return undefined;
    if (part.kind === 'module') return { line: 1, text: source.text };
    this.#byPart ??= this.#numbers((it) => JSON.stringify(it));
    const number = this.#byPart.get(JSON.stringify(part));
    const at = number === undefined ? undefined : this.#request.facts.parts().at(number);
    return at === undefined ? undefined : this.#declarations(part.module, source)?.at(at);
  }

  #declarations(path: string, source: Source): DeclarationSources | undefined {
    if (source.declarations !== undefined) return source.declarations;
    const module = this.#module(path);
    const emission = module === undefined ? undefined : this.#request.emissions.of(module);
    if (emission === undefined) return undefined;
    source.declarations = new DeclarationSources(path, source.text, emission);
    return source.declarations;
  }

  #source(path: string): Source | undefined {
    if (this.#sources.has(path)) return this.#sources.get(path);
    const bytes = readWhole(toAbsolute(this.#request.root, path));
    const isSame = bytes !== undefined && digestOf('blob', bytes) === this.#module(path)?.source;
    const source = isSame ? { text: new TextDecoder().decode(bytes) } : undefined;
    this.#sources.set(path, source);
    return source;
  }

  #module(path: string): KeptModule | undefined {
    this.#modules ??= new Map(this.#request.record.modules.map((it) => [it.path, it]));
    return this.#modules.get(path);
  }

  #numbers(nameOf: (part: CodePart) => string): Map<string, number> {
    const parts = this.#request.facts.parts();
    return new Map(Array.from({ length: parts.size }, (_, at) => [nameOf(parts.part(at)), at]));
  }
}

function readWhole(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
