import { disguise, promiseForm } from './forms.ts';
import type { Operation, Watch } from './forms.ts';
import { Patches } from './patches.ts';
import { watchReadOpened, watchWriteOpened } from './watch-open.ts';
import { watchStatOpened } from './watch-stat.ts';

/** Streams of a handle, and its lines, read and write by these too. */
const METHODS: Readonly<Record<string, Watch>> = {
  read: watchReadOpened,
  readv: watchReadOpened,
  readFile: watchReadOpened,
  stat: watchStatOpened,
  write: watchWriteOpened,
  writev: watchWriteOpened,
  writeFile: watchWriteOpened,
  appendFile: watchWriteOpened,
  truncate: watchWriteOpened,
  utimes: watchWriteOpened,
  chmod: watchWriteOpened,
  chown: watchWriteOpened,
};

/** Watches the methods of handles; their class is at hand when the first one is opened. */
export class HandleClass {
  readonly #patches = new Patches();
  #isPatched = false;

  /** `fs.promises.open`, be it watched or not: others may use the handle. */
  opening(original: Operation): Operation {
    const watchClass = (handle: unknown): unknown => {
      this.#watch(Object.getPrototypeOf(handle) as object);
      return handle;
    };
    return disguise(original, function (this: unknown, ...args) {
      const opened = Reflect.apply(original, this, args) as Promise<unknown>;
      return opened.then(watchClass);
    });
  }

  undo(): void {
    this.#patches.undo();
    this.#isPatched = false;
  }

  #watch(holder: object): void {
    if (this.#isPatched) return;
    this.#isPatched = true;
    for (const [name, watch] of Object.entries(METHODS)) {
      this.#patches.replace(holder, name, (own) => promiseForm(own as Operation, name, watch));
    }
  }
}
