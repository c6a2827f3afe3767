import { digestHex } from '@skein/values';
import { abortError, digestOfBody } from './object-body.ts';
import type { ObjectCall, ObjectHead, ObjectStore } from './objects.ts';
import { RECEIPT_BYTES, readReceipt, readSealed, sumOf } from './receipt.ts';
import type { Receipt } from './receipt.ts';

/** Objects up to this size are read at one go. */
const SMALL_BYTES = 1 << 20;
const KNOWN = 20_000;

export interface VerifiedObject {
  readonly head: ObjectHead;
  readonly receipt: Receipt;
  /** The bytes of a small one, which have been read anyway. */
  readonly bytes?: Uint8Array;
}

/**
 * Uploads whose bytes agree with their receipt. What was verified once in this process is known as
 * long as its stamp is the same; what is damaged is removed, and missing. After a power cut there
 * is another process, which knows nothing: torn files are found then.
 */
export class Verified {
  readonly #objects: ObjectStore;
  readonly #known = new Map<string, { readonly stamp: string; readonly receipt: Receipt }>();
  readonly #underWay = new Map<string, Promise<Receipt | undefined>>();

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** One that has at most that many bytes; a larger one is missing. */
  async small(
    name: string,
    most: number,
    call: ObjectCall,
  ): Promise<(VerifiedObject & { readonly bytes: Uint8Array }) | undefined> {
    const found = await this.#objects.read(name, { ...call, most: most + RECEIPT_BYTES });
    if (found === undefined) return undefined;
    const sealed = readSealed(found.bytes);
    // One that was stored under a larger limit is no damage.
    if (found.head.size > found.bytes.byteLength) return undefined;
    if (sealed !== undefined) return { head: found.head, ...sealed };
    await this.#objects.delete(name, { ...call, stamp: found.head.stamp });
    return undefined;
  }

  async find(name: string, call: ObjectCall): Promise<VerifiedObject | undefined> {
    const head = await this.#objects.head(name, call);
    if (head === undefined) return undefined;
    if (head.size <= SMALL_BYTES) return this.small(name, SMALL_BYTES, call);
    const known = this.#known.get(name);
    if (known?.stamp === head.stamp) return { head, receipt: known.receipt };
    const receipt = await this.#once(head, call);
    return receipt && { head, receipt };
  }

  /** What the last bytes say, without a look at the others. */
  async receipt(head: ObjectHead, call: ObjectCall): Promise<Receipt | undefined> {
    const range = { ...call, from: -RECEIPT_BYTES, most: RECEIPT_BYTES };
    const last = await this.#objects.read(head.name, range);
    const receipt = last && readReceipt(last.bytes);
    return receipt?.size === head.size - RECEIPT_BYTES ? receipt : undefined;
  }

  /** Reads the bytes, whatever is known of them. */
  again(head: ObjectHead, call: ObjectCall): Promise<'whole' | 'damaged' | 'gone'> {
    return this.#judge(head, call).then((it) => (typeof it === 'string' ? it : 'whole'));
  }

  /** Readers that come at the same time wait for one reading; none of them can stop it. */
  #once(head: ObjectHead, call: ObjectCall): Promise<Receipt | undefined> {
    const which = `${head.stamp} ${head.name}`;
    let one = this.#underWay.get(which);
    if (one === undefined) {
      one = this.#judge(head, {})
        .then((it) => (typeof it === 'string' ? undefined : it))
        .finally(() => this.#underWay.delete(which));
      this.#underWay.set(which, one);
    }
    return call.signal === undefined ? one : unlessAborted(one, call.signal);
  }

  /** What is damaged is removed. */
  async #judge(head: ObjectHead, call: ObjectCall): Promise<Receipt | 'damaged' | 'gone'> {
    const range = { ...call, from: -RECEIPT_BYTES, most: RECEIPT_BYTES };
    const last = await this.#objects.read(head.name, range);
    if (last?.head.stamp !== head.stamp) return 'gone';
    const receipt = readReceipt(last.bytes);
    if (receipt?.size === head.size - RECEIPT_BYTES) {
      const sum = await this.#sum(head, receipt.size, call);
      if (sum === undefined) return 'gone';
      if (sum === receipt.sha256) {
        if (this.#known.size >= KNOWN) this.#known.clear();
        this.#known.set(head.name, { stamp: head.stamp, receipt });
        return receipt;
      }
    }
    await this.#objects.delete(head.name, { ...call, stamp: head.stamp });
    return 'damaged';
  }

  async #sum(head: ObjectHead, size: number, call: ObjectCall): Promise<string | undefined> {
    if (size === 0) return sumOf(new Uint8Array(0));
    const found = await this.#objects.get(head.name, { ...call, most: size });
    if (found === undefined) return undefined;
    const digest = await digestOfBody(found.body);
    return found.stamp === head.stamp ? digestHex(digest) : undefined;
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortError(signal));
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
