import { lineIn } from './author-line.ts';
import type { TrackingSettings } from './settings.ts';

const MAX_FRAMES = 100;

/**
 * Where an access began, kept in case that it goes wrong later. Remembering costs a few
 * microseconds; the author's line is found when it is asked for.
 */
export class Trail {
  readonly #settings: TrackingSettings;
  readonly #holder: { readonly stack?: unknown } = {};

  constructor(settings: TrackingSettings) {
    this.#settings = settings;
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = MAX_FRAMES;
    Error.captureStackTrace(this.#holder);
    Error.stackTraceLimit = stackTraceLimit;
  }

  get line(): string | undefined {
    const own: unknown = Reflect.get(Error, 'prepareStackTrace');
    Reflect.set(Error, 'prepareStackTrace', undefined);
    try {
      return lineIn(String(this.#holder.stack), this.#settings);
    } finally {
      Reflect.set(Error, 'prepareStackTrace', own);
    }
  }
}
