import { flag, parseFields, wholeNumber } from './option-parser.ts';
import type { OptionFields } from './option-parser.ts';

/** How `map` goes about its items. */
export interface MapOptions {
  /** Calls in flight at most, and started ahead of whoever consumes: 64 unless told. */
  readonly concurrency?: number;
  /** True: every outcome as a `PromiseSettledResult`, and no failure stops it. */
  readonly settled?: boolean;
}

const DEFAULTS: Required<MapOptions> = { concurrency: 64, settled: false };

const OPTIONS: OptionFields<MapOptions> = {
  concurrency: ['concurrency', wholeNumber(1)],
  settled: ['settled', flag],
};

/** Checks options of `map` and fills in what was not given; throws `option-invalid`. */
export function parseMapOptions(input: MapOptions): Required<MapOptions> {
  return { ...DEFAULTS, ...parseFields(OPTIONS, input, { owner: 'map', path: '' }) };
}
