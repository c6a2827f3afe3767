import { existsSync } from 'node:fs';
import type { FileHost } from '@skein/sdk';
import type { MadeEnvironment } from './environment.ts';
import type { AttemptResult, BundleLocation } from './executor.ts';
import type { SdkModule } from './module-hooks.ts';
import { occupyProcess } from './occupation.ts';
import type { VariableView } from './variables.ts';

/** Taken before actions are kept from it: one may be the caller of another that begins here. */
const changeFolder = process.chdir.bind(process);

/** What a worker formats numbers and dates by: that of `LC_ALL=C.UTF-8`. */
const WORKER_LOCALE = 'en-US';

interface Stay {
  readonly leave: () => void;
  guests: number;
}

/** The process is one, however many inline executors are open in it. */
let stay: Stay | undefined;
let loading: VariableView | undefined;

/** The coordinator's own process as a place where actions run. */
export class Coordinator {
  readonly #skein: SdkModule;
  readonly #files: FileHost;
  readonly #locale = new Intl.NumberFormat().resolvedOptions().locale;
  #entered = false;

  constructor(skein: SdkModule, files: FileHost) {
    this.#skein = skein;
    this.#files = files;
  }

  enter(bundle: BundleLocation): void {
    if (!this.#entered) {
      this.#entered = true;
      stay ??= this.#begin();
      stay.guests += 1;
    }
    if (existsSync(bundle.cwd)) changeFolder(bundle.cwd);
  }

  /** What a module does while it is evaluated, it does in the made environment (O6). */
  async loadIn<T>({ visible, hidden }: MadeEnvironment, load: () => Promise<T>): Promise<T> {
    loading = { visible: { ...visible }, hidden };
    try {
      return await load();
    } finally {
      loading = undefined;
    }
  }

  leave(): void {
    if (!this.#entered || stay === undefined) return;
    this.#entered = false;
    stay.guests -= 1;
    if (stay.guests > 0) return;
    stay.leave();
    stay = undefined;
  }

  /** Node reads its locale when it starts: in another one results are not those of a worker. */
  qualify(result: AttemptResult): AttemptResult {
    if (result.kind !== 'ended' || result.untraceable !== undefined) return result;
    if (this.#locale === WORKER_LOCALE) return result;
    const untraceable = `it ran inline, in the locale ${this.#locale} of the command`;
    return { ...result, untraceable };
  }

  #begin(): Stay {
    const { TZ: zone } = process.env;
    const folder = process.cwd();
    process.env['TZ'] = 'UTC';
    const giveBack = occupyProcess({
      skein: this.#skein,
      files: this.#files,
      variables: () => loading,
      stray: (error) => {
        giveBack();
        setImmediate(() => {
          throw error;
        });
      },
      whole: false,
    });
    const leave = (): void => {
      giveBack();
      changeFolder(folder);
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    };
    return { leave, guests: 0 };
  }
}
