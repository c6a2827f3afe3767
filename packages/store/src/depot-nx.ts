import { Readable } from 'node:stream';
import type { DepotFrame } from './depot-frame.ts';
import { isNxHash, nxName } from './depot-names.ts';
import type { NxArtifact, NxArtifacts } from './depot.ts';
import { expectBreak, sealing } from './intake.ts';
import { RECEIPT_BYTES } from './receipt.ts';
import { mayRead, mayWrite } from './scope.ts';
import { isFullError, told } from './shared-trouble.ts';
import { SharedStoreError } from './shared-store.ts';
import type { Asking, PutStatus, Rights, Scope } from './shared-store.ts';
import type { VerifiedObject } from './verified.ts';

/** The artifacts of Nx as one client may see them. */
export class RightsNx implements NxArtifacts {
  readonly #frame: DepotFrame;
  readonly #rights: Rights;

  constructor(frame: DepotFrame, rights: Rights) {
    this.#frame = frame;
    this.#rights = rights;
  }

  find(hash: string, asking: Asking = {}): Promise<NxArtifact | undefined> {
    return told(async () => {
      if (!mayRead(this.#rights)) {
        throw new SharedStoreError('forbidden', 'the token may not read');
      }
      if (!isNxHash(hash)) return undefined;
      for (const scope of this.#rights.reads) {
        const found = await this.#believed(scope, hash, asking);
        if (found !== undefined) return this.#artifact(scope, found, asking);
      }
      return undefined;
    });
  }

  put(
    hash: string,
    { stream, size }: { readonly stream: Readable; readonly size: number },
    asking: Asking = {},
  ): Promise<PutStatus> {
    expectBreak(stream);
    return told(async () => {
      const { clock, limits, objects } = this.#frame;
      const { scope, token } = this.#rights;
      const isTold = Number.isSafeInteger(size) && size >= 0 && size <= limits.blobBytes;
      if (!mayWrite(this.#rights) || !isNxHash(hash) || !isTold) return 'refused';
      const name = nxName(scope, hash);
      const receivedAt = clock.now();
      const open = (): Readable => sealing(stream, { token, size, receivedAt });
      const body = { kind: 'stream', open, size: size + RECEIPT_BYTES } as const;
      if (!(await this.#isFree(name, asking))) return 'conflict';
      try {
        const outcome = await objects.put(name, body, { ...asking, ifAbsent: true });
        return outcome === 'stored' ? 'stored' : 'conflict';
      } catch (error) {
        if (isFullError(error)) return 'full';
        throw error;
      }
    });
  }

  /** Revoked ones are removed here too, in case their removal was interrupted. */
  async #isFree(name: string, asking: Asking): Promise<boolean> {
    const { objects, revocations, verified } = this.#frame;
    const head = await objects.head(name, asking);
    if (head === undefined) return true;
    const receipt = await verified.receipt(head, asking);
    const { scope } = this.#rights;
    const isRevoked = receipt && (await revocations.isRevoked({ ...receipt, scope }, asking));
    if (isRevoked === false) return false;
    await objects.delete(name, { ...asking, stamp: head.stamp });
    return true;
  }

  async #believed(scope: Scope, hash: string, asking: Asking): Promise<VerifiedObject | undefined> {
    const { revocations, verified } = this.#frame;
    const found = await verified.find(nxName(scope, hash), asking);
    if (found === undefined) return undefined;
    const by = { ...found.receipt, scope };
    return (await revocations.isRevoked(by, asking)) ? undefined : found;
  }

  async #artifact(scope: Scope, found: VerifiedObject, asking: Asking): Promise<NxArtifact> {
    const { head, receipt, bytes } = found;
    const { objects } = this.#frame;
    await objects.touch(head, asking);
    const { size, token, receivedAt } = receipt;
    const open = (): Promise<Readable | undefined> =>
      told(async () => {
        if (bytes !== undefined) return Readable.from([Buffer.from(bytes)]);
        const again = await objects.get(head.name, { ...asking, most: size });
        if (again?.stamp === head.stamp) return again.body;
        again?.body.destroy();
        return undefined;
      });
    return { size, scope, token, receivedAt, open };
  }
}
