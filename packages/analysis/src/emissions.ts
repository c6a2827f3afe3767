import type { Digest } from '@skein/values';
import type { Keeper } from './keep.ts';
import { packName } from './record.ts';
import type { EmissionPack, KeptEmission } from './record.ts';

/** Reads kept emitted code; each pack once. */
export class Emissions {
  readonly #keeper: Keeper;
  readonly #packs = new Map<Digest, EmissionPack>();

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
  }

  /** `undefined` where the pack is gone. */
  of(module: { readonly path: string; readonly pack: Digest }): KeptEmission | undefined {
    let pack = this.#packs.get(module.pack);
    if (pack === undefined) {
      pack = (this.#keeper.load(packName(module.pack)) as EmissionPack | undefined) ?? {};
      this.#packs.set(module.pack, pack);
    }
    return Object.hasOwn(pack, module.path) ? pack[module.path] : undefined;
  }
}
