import { MemoryTraces } from '@skein/store';

type Change = (traces: MemoryTraces) => void;

/** A trace store that can be had twice: with all that was handed over to it until now. */
export class CopiedTraces extends MemoryTraces {
  readonly #changes: Change[] = [];

  copy(): CopiedTraces {
    const copy = new CopiedTraces();
    for (const change of this.#changes) change(copy);
    return copy;
  }

  override remember(...args: Parameters<MemoryTraces['remember']>): void {
    this.#changes.push((traces) => traces.remember(...args));
    super.remember(...args);
  }

  override learn(...args: Parameters<MemoryTraces['learn']>): void {
    this.#changes.push((traces) => traces.learn(...args));
    super.learn(...args);
  }

  override rememberValue(...args: Parameters<MemoryTraces['rememberValue']>): void {
    this.#changes.push((traces) => traces.rememberValue(...args));
    super.rememberValue(...args);
  }

  override keep(...args: Parameters<MemoryTraces['keep']>): void {
    this.#changes.push((traces) => traces.keep(...args));
    super.keep(...args);
  }
}
