import { parseWriter, writerName, writersFolder } from './depot-names.ts';
import type { Registration } from './depot-names.ts';
import { PUBLIC_KEY_BYTES, nameOfWriter } from './entry-writer.ts';
import type { ObjectCall, ObjectHead, ObjectStore } from './objects.ts';
import { SharedStoreError } from './shared-store.ts';
import type { RegisteredWriter, Rights, Scope } from './shared-store.ts';

/** Keys of one scope: a token that makes keys without end fills its own scope only. */
const WRITERS_PER_SCOPE = 10_000;

/** Which keys are believed, and under which token each was registered. */
export class Writers {
  readonly #objects: ObjectStore;

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  async register(publicKey: Uint8Array, rights: Rights, call: ObjectCall): Promise<void> {
    if (publicKey.byteLength !== PUBLIC_KEY_BYTES) {
      throw new SharedStoreError('refused', 'a public key has 32 bytes');
    }
    const { scope, token } = rights;
    const name = writerName(scope, { writer: nameOfWriter(publicKey), token, publicKey });
    const found = await this.#objects.head(name, call);
    if (found !== undefined) return this.#objects.touch(found, call);
    let count = 0;
    for await (const _ of this.#objects.list([writersFolder(scope)], call)) count += 1;
    if (count >= WRITERS_PER_SCOPE) {
      throw new SharedStoreError('refused', `${scope} has ${count} keys, which is the limit`);
    }
    const body = { kind: 'bytes', bytes: new Uint8Array(0) } as const;
    await this.#objects.put(name, body, { ...call, durable: true });
  }

  /** Whether the key was registered under that very token. */
  async isRegistered(writer: string, rights: Rights, call: ObjectCall): Promise<boolean> {
    for await (const head of this.#objects.list([writersFolder(rights.scope, writer)], call)) {
      if (parseWriter(head.name)?.token === rights.token) return true;
    }
    return false;
  }

  async *list(
    scopes?: readonly Scope[],
    call: ObjectCall = {},
  ): AsyncGenerator<RegisteredWriter & Registration & { readonly head: ObjectHead }> {
    const folders = scopes?.map((scope) => writersFolder(scope)) ?? [writersFolder()];
    for await (const head of this.#objects.list(folders, call)) {
      const parsed = parseWriter(head.name);
      // A key that is not the one of its name cannot have been registered by us.
      if (parsed && nameOfWriter(parsed.publicKey) === parsed.writer) yield { ...parsed, head };
    }
  }
}
