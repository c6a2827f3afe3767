import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { digestSize, isDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import { isFull } from '@skein/model';
import type { ActionKey } from '@skein/model';
import { concurrencyOf } from './depot-frame.ts';
import type { DepotFrame } from './depot-frame.ts';
import { findEntries } from './depot-find.ts';
import { blobName } from './depot-names.ts';
import { putEntries } from './depot-put.ts';
import type { DepotShare } from './depot.ts';
import { nameOfWriter } from './entry-writer.ts';
import { inOrder } from './in-order.ts';
import { checking, expectBreak } from './intake.ts';
import { isRevokedBy } from './revocations.ts';
import { mayRead, mayWrite } from './scope.ts';
import { isFullError, told, toldAll } from './shared-trouble.ts';
import { SharedStoreError } from './shared-store.ts';
import type {
  Asking,
  Greeting,
  NewEntry,
  PutStatus,
  RegisteredWriter,
  Rights,
  Scope,
  SharedEntry,
} from './shared-store.ts';

/** A depot as one client may see it. */
export class RightsShare implements DepotShare {
  readonly #frame: DepotFrame;
  readonly #rights: Rights;

  constructor(frame: DepotFrame, rights: Rights) {
    this.#frame = frame;
    this.#rights = rights;
  }

  greet(asking: Asking = {}): Promise<Greeting> {
    return told(async () => {
      const { limits, revocations, unsigned, writers: registered } = this.#frame;
      const { scope, mode, reads } = this.#rights;
      const revoked = await revocations.current(asking);
      const writers: RegisteredWriter[] = [];
      for await (const { publicKey, scope, token, writer } of registered.list(reads, asking)) {
        if (!isRevokedBy(revoked, { scope, token, writer }))
          writers.push({ publicKey, scope, token });
      }
      const inReads = reads.flatMap((one) => [...(revoked.writersIn.get(one) ?? [])]);
      const names = [...revoked.writers.union(new Set(inReads))].toSorted();
      return { format: 1, scope, mode, reads, writers, revoked: names, unsigned, limits };
    });
  }

  register(publicKey: Uint8Array, asking: Asking = {}): Promise<void> {
    return told(async () => {
      this.#mustWrite();
      const { revocations, writers } = this.#frame;
      const { scope, token } = this.#rights;
      const writer = nameOfWriter(publicKey);
      if (await revocations.isRevoked({ scope, token, writer }, asking)) {
        throw new SharedStoreError('forbidden', 'the key or its token was revoked');
      }
      await writers.register(publicKey, this.#rights, asking);
    });
  }

  find(keys: readonly ActionKey[], asking: Asking = {}): AsyncIterable<SharedEntry> {
    return toldAll(this.#find(keys, asking));
  }

  put(entries: readonly NewEntry[], asking: Asking = {}): Promise<readonly PutStatus[]> {
    return told(async () => {
      this.#mustBeFew(entries.length);
      return putEntries(this.#frame, this.#rights, { entries, ...asking });
    });
  }

  hasBlobs(digests: readonly Digest[], asking: Asking = {}): Promise<ReadonlySet<Digest>> {
    return told(async () => {
      this.#mustBeFew(digests.length);
      const there = new Set<Digest>();
      const wanted = [...new Set(digests)].filter(isDigest);
      const looks = inOrder(wanted, concurrencyOf(this.#frame.objects), async (digest) => ({
        digest,
        found: (await this.#whereIs(digest, asking)) !== undefined,
      }));
      for await (const { digest, found } of looks) if (found) there.add(digest);
      return there;
    });
  }

  getBlob(digest: Digest, asking: Asking = {}): Promise<Readable | undefined> {
    return told(async () => {
      this.#mustRead();
      if (!isDigest(digest)) return undefined;
      const name = await this.#whereIs(digest, asking);
      const found = name === undefined ? undefined : await this.#frame.objects.get(name, asking);
      if (found === undefined) return undefined;
      const { stamp } = found;
      return checking(found.body, digest, {
        destroySource: true,
        wrong: () => this.#frame.objects.delete(found.name, { stamp }),
      });
    });
  }

  async putBlob(digest: Digest, path: string, asking: Asking = {}): Promise<PutStatus> {
    const size = await stat(path).then((it) => it.size);
    if (size !== digestSize(digest)) {
      throw new SharedStoreError('garbage', 'the bytes are not those of the digest');
    }
    return this.#takeBlob(digest, () => createReadStream(path), asking);
  }

  receiveBlob(digest: Digest, body: Readable, asking: Asking = {}): Promise<PutStatus> {
    expectBreak(body);
    return this.#takeBlob(digest, () => body, asking);
  }

  async *#find(
    keys: readonly ActionKey[],
    asking: Asking,
  ): AsyncGenerator<SharedEntry, void, undefined> {
    this.#mustRead();
    this.#mustBeFew(keys.length);
    const wanted = [...new Set(keys)].filter((key) => isDigest(key));
    yield* findEntries(this.#frame, this.#rights.reads, { keys: wanted, ...asking });
  }

  #takeBlob(digest: Digest, source: () => Readable, asking: Asking): Promise<PutStatus> {
    return told(async () => {
      const { objects, limits } = this.#frame;
      const { scope } = this.#rights;
      if (!mayWrite(this.#rights) || !isDigest(digest)) return 'refused';
      const size = digestSize(digest);
      if (size > limits.blobBytes) return 'refused';
      if (await this.#isIn(scope, digest, asking)) return 'same';
      const body = { kind: 'stream', open: () => checking(source(), digest), size } as const;
      try {
        const options = { ...asking, ifAbsent: true };
        const outcome = await objects.put(blobName(scope, digest), body, options);
        return outcome === 'stored' ? 'stored' : 'same';
      } catch (error) {
        if (isFullError(error) || isFull(error)) return 'full';
        throw error;
      }
    });
  }

  /** The nearest scope that has it; a client that may only write asks for its own. */
  async #whereIs(digest: Digest, asking: Asking): Promise<string | undefined> {
    const { scope, reads } = this.#rights;
    for (const one of mayRead(this.#rights) ? reads : [scope]) {
      if (await this.#isIn(one, digest, asking)) return blobName(one, digest);
    }
    return undefined;
  }

  /** By size; one of the wrong size is damaged, and removed. */
  async #isIn(scope: Scope, digest: Digest, asking: Asking): Promise<boolean> {
    const { objects } = this.#frame;
    const found = await objects.head(blobName(scope, digest), asking);
    if (found === undefined) return false;
    if (found.size === digestSize(digest)) {
      await objects.touch(found, asking);
      return true;
    }
    await objects.delete(found.name, { ...asking, stamp: found.stamp });
    return false;
  }

  #mustRead(): void {
    if (mayRead(this.#rights)) return;
    throw new SharedStoreError('forbidden', 'the token may not read');
  }

  #mustWrite(): void {
    if (mayWrite(this.#rights)) return;
    throw new SharedStoreError('forbidden', 'the token may not write');
  }

  #mustBeFew(count: number): void {
    const most = this.#frame.limits.keys;
    if (count <= most) return;
    throw new SharedStoreError('refused', `${count} are asked for at once, at most ${most}`);
  }
}
