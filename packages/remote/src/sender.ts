import { systemCode } from '@skein/model';
import type { ActionKey, Clock } from '@skein/model';
import { encodeEntry, entryId } from '@skein/store';
import type {
  BlobStore,
  Greeting,
  NewEntry,
  PutStatus,
  Scope,
  SharedStore,
  WriterKey,
} from '@skein/store';
import type { Digest } from '@skein/values';
import type { Gate } from './gate.ts';
import type { Parcels } from './parcels.ts';
import type { Maker } from './remote.ts';
import { type Shipment, type Source, sizeOf } from './shipment.ts';

export interface SenderOptions {
  readonly share: SharedStore;
  readonly gate: Gate;
  /** The near ones. */
  readonly blobs: BlobStore;
  readonly parcels: Parcels;
  readonly clock: Clock;
  readonly maker: Maker;
}

/** With what right, and under whose name. */
export interface Licence {
  readonly greeting: Greeting;
  readonly key: WriterKey;
}

/** What became of one. `failed`: the far side did not answer, so that it can be tried again. */
export type Delivery = PutStatus | 'failed' | 'too-large';

const UPLOADS = 4;
const BATCH_ENTRIES = 200;
const BATCH_BYTES = 8 * 1024 * 1024;

/** Takes shipments to the far side: blobs before the entries that need them. */
export class Sender {
  readonly #options: SenderOptions;
  #bytesLeft = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Bytes that are known to be missing on the far side, and not yet there. */
  get bytesLeft(): number {
    return this.#bytesLeft;
  }

  /** What needs no blob that is missing goes first. */
  async send(
    shipments: readonly Shipment[],
    licence: Licence,
    delivered: (shipment: Shipment, delivery: Delivery) => void,
  ): Promise<void> {
    const { gate, parcels } = this.#options;
    const sources = new Map<Digest, Source>();
    for (const { blobs } of shipments) {
      for (const [blob, source] of blobs) if (!parcels.isDelivered(blob)) sources.set(blob, source);
    }
    const isAnswered = await this.#lookFor([...sources.keys()], licence.greeting);
    if (!isAnswered) return shipments.forEach((one) => delivered(one, 'failed'));
    const isThere = ({ blobs }: Shipment): boolean =>
      blobs.keys().every((blob) => parcels.isDelivered(blob));
    const { ready = [], waiting = [] } = Object.groupBy(shipments, (one) =>
      isThere(one) ? 'ready' : 'waiting',
    );
    await this.#put(ready, licence, delivered);
    const outcomes = await this.#upload(sources, licence.greeting);
    const loaded = waiting.filter((one) => {
      if (isThere(one)) return true;
      const deliveries = one.blobs.keys().map((blob) => outcomes.get(blob));
      delivered(one, worst(deliveries.filter((it) => it !== undefined).toArray()));
      return false;
    });
    await this.#put(loaded, licence, delivered);
    if (gate.isOff('share')) this.#bytesLeft = 0;
  }

  async #lookFor(blobs: readonly Digest[], { limits }: Greeting): Promise<boolean> {
    const { share, gate, parcels } = this.#options;
    for (let start = 0; start < blobs.length; start += limits.keys) {
      const some = blobs.slice(start, start + limits.keys);
      const there = await gate.ask('share', (signal) => share.hasBlobs(some, { signal }));
      if (there === undefined) return false;
      for (const blob of there) parcels.delivered(blob);
    }
    return true;
  }

  async #upload(
    sources: ReadonlyMap<Digest, Source>,
    { limits }: Greeting,
  ): Promise<ReadonlyMap<Digest, Delivery>> {
    const { parcels } = this.#options;
    const missing = [...sources].filter(([blob]) => !parcels.isDelivered(blob));
    const outcomes = new Map<Digest, Delivery>();
    this.#bytesLeft += sizeOf(missing.map(([blob]) => blob));
    const queue = missing.values();
    const lanes = Array.from({ length: UPLOADS }, async () => {
      for (const [blob, source] of queue) {
        const delivery: Delivery =
          sizeOf([blob]) > limits.blobBytes ? 'too-large' : await this.#uploadOne(blob, source);
        if (delivery === 'stored' || delivery === 'same') parcels.delivered(blob);
        outcomes.set(blob, delivery);
        this.#bytesLeft -= sizeOf([blob]);
      }
    });
    await Promise.all(lanes);
    return outcomes;
  }

  async #uploadOne(blob: Digest, source: Source): Promise<Delivery> {
    const { share, gate, blobs, parcels } = this.#options;
    const put = async (path: string): Promise<Delivery> =>
      (await gate.ask('share', (signal) => share.putBlob(blob, path, { signal }))) ?? 'failed';
    try {
      if (source.at === 'file') return await put(source.path);
      if (source.at === 'memory') return await parcels.asFile(source.bytes, put);
      const path = await blobs.path(blob);
      if (path !== undefined) return await put(path);
      const bytes = await blobs.get(blob);
      return bytes === undefined ? 'refused' : await parcels.asFile(bytes, put);
    } catch (error) {
      // No room for it here: it is not shared, and nobody minds.
      if (systemCode(error) !== undefined) return 'refused';
      throw error;
    }
  }

  async #put(
    shipments: readonly Shipment[],
    licence: Licence,
    delivered: (shipment: Shipment, delivery: Delivery) => void,
  ): Promise<void> {
    const { batchBytes, entryBytes, keys } = licence.greeting.limits;
    const most = { count: Math.min(BATCH_ENTRIES, keys), bytes: Math.min(BATCH_BYTES, batchBytes) };
    let batch: { readonly shipment: Shipment; readonly entry: NewEntry }[] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      const statuses = await this.#putBatch(batch.map(({ entry }) => entry));
      for (const [index, { shipment }] of batch.entries()) {
        delivered(shipment, statuses?.[index] ?? 'failed');
      }
      this.#bytesLeft -= size;
      batch = [];
      size = 0;
    };
    const entries = await Promise.all(shipments.map((one) => this.#entryOf(one, licence)));
    for (const [index, shipment] of shipments.entries()) {
      const entry = entries[index];
      if (entry === undefined) continue;
      const frame = entry.bytes.byteLength + FRAME_BYTES;
      if (entry.bytes.byteLength > entryBytes || frame > most.bytes) {
        delivered(shipment, 'too-large');
        continue;
      }
      if (batch.length >= most.count || size + frame > most.bytes) await flush();
      batch.push({ shipment, entry });
      size += frame;
      this.#bytesLeft += frame;
    }
    if (batch.length > 0) await flush();
  }

  #putBatch(entries: readonly NewEntry[]): Promise<readonly PutStatus[] | undefined> {
    const { share, gate } = this.#options;
    return gate.ask('share', (signal) => share.put(entries, { signal }));
  }

  async #entryOf(shipment: Shipment, { greeting, key }: Licence): Promise<NewEntry> {
    const { trace, inputs, log } = shipment;
    const { clock, maker } = this.#options;
    const scope: Scope = greeting.scope;
    const provenance = { ...maker, scope, at: clock.now() };
    const bytes = await encodeEntry({ trace, scope, provenance, inputs, log }, key);
    const actionKey: ActionKey = trace.key;
    return { key: actionKey, id: entryId(trace), bytes };
  }
}

/** Key, id and lengths of an entry in its frame. */
const FRAME_BYTES = 256;

/** A blob that could not be asked about may be there next time; one that was not taken is final. */
function worst(deliveries: readonly Delivery[]): Delivery {
  const finals: readonly Delivery[] = ['full', 'too-large', 'refused', 'conflict'];
  return finals.find((one) => deliveries.includes(one)) ?? 'failed';
}
