import type { Keeper } from './keep.ts';
import type { EmissionPack, KeptEmission } from './record.ts';

/** Reads kept emitted code; each pack once. */
export class Emissions {
  readonly #keeper: Keeper;
  readonly #packs = new Map<string, EmissionPack>();

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
  }

  /** `undefined` where the pack is gone. */
  of(module: { readonly path: string; readonly pack: string }): KeptEmission | undefined {
    let pack = this.#packs.get(module.pack);
    if (pack === undefined) {
      const text = this.#keeper.loadContent('emitted', module.pack);
      pack = text === undefined ? {} : (JSON.parse(text) as EmissionPack);
      this.#packs.set(module.pack, pack);
    }
    return Object.hasOwn(pack, module.path) ? pack[module.path] : undefined;
  }
}
