import { Readable } from 'node:stream';
import type { Clock } from '@skein/model';
import { bodySize, piecesOf, throwIfAborted } from './object-body.ts';
import { openS3 } from './s3-client.ts';
import type { S3Place, S3Variables } from './s3-client.ts';
import { isS3Absent, s3Status, s3Trouble } from './s3-trouble.ts';
import { skipScan } from './skip-scan.ts';
import type { PageRequest } from './skip-scan.ts';
import { isObjectName, mustObjectFolder, mustObjectName } from './objects.ts';
import type {
  ObjectBody,
  ObjectCall,
  ObjectDelete,
  ObjectHead,
  ObjectPut,
  ObjectRange,
  ObjectRead,
  ObjectStore,
  OpenObject,
} from './objects.ts';

export interface S3ObjectsOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly environment: S3Variables;
  /** Of one request, and of a stream's silence. */
  readonly timeoutMs: number;
}

/** Up to here an object is one request, and wholly in memory while it is sent. */
const PART_BYTES = 8 << 20;
const MOST_PARTS = 10_000;
const PARTS_AT_ONCE = 2;
const ATTEMPTS = 4;
/** An object whose only use is to learn whether the server knows conditional writes. */
const PROBE = 'conditional-writes';

type Conditions = 'known' | 'ignored';

/**
 * Objects in a bucket. `ifAbsent` is `If-None-Match: *`. A server that does not know it (an answer
 * 501, or two puts of one name that both succeed) is asked by `HEAD` first: then of two writers at
 * the same moment both may store, and the later one stays.
 */
export class S3Objects implements ObjectStore {
  readonly near = false;
  readonly place: string;
  readonly #where: S3Place;
  readonly #options: S3ObjectsOptions;
  #opened: ReturnType<typeof openS3> | undefined;
  #conditions: Promise<Conditions> | undefined;

  constructor(where: S3Place, options: S3ObjectsOptions) {
    this.#where = where;
    this.#options = options;
    this.place = `s3://${where.bucket}/${where.prefix}`;
  }

  async get(name: string, range: ObjectRange = {}): Promise<OpenObject | undefined> {
    const found = await this.#fetch(name, range, rangeHeader(range.from, range.most));
    if (found === undefined) return undefined;
    return { ...found.head, body: found.body };
  }

  async read(
    name: string,
    range: ObjectRead,
  ): Promise<{ head: ObjectHead; bytes: Uint8Array } | undefined> {
    const found = await this.#fetch(name, range, rangeHeader(range.from, range.most));
    if (found === undefined) return undefined;
    const pieces: Uint8Array[] = [];
    let left = range.most;
    try {
      for await (const piece of found.body as AsyncIterable<Uint8Array>) {
        pieces.push(piece.subarray(0, left));
        left -= Math.min(left, piece.byteLength);
        if (left === 0) break;
      }
    } catch (error) {
      throw s3Trouble(error, this.place, range.signal);
    }
    return { head: found.head, bytes: new Uint8Array(Buffer.concat(pieces)) };
  }

  async head(name: string, call: ObjectCall = {}): Promise<ObjectHead | undefined> {
    const Key = this.#keyOf(name);
    const { sdk, client } = await this.#s3(call);
    try {
      const command = new sdk.HeadObjectCommand({ Bucket: this.#where.bucket, Key });
      return headOf(name, await client.send(command, this.#limits(call)));
    } catch (error) {
      if (isS3Absent(error)) return undefined;
      throw s3Trouble(error, this.place, call.signal);
    }
  }

  async put(name: string, body: ObjectBody, options: ObjectPut = {}): Promise<'stored' | 'exists'> {
    this.#keyOf(name);
    const isLarge = bodySize(body) > PART_BYTES;
    let conditions: Conditions = 'known';
    if (options.ifAbsent === true) {
      // Without a signal: others wait for the same answer.
      this.#conditions ??= this.#probe();
      conditions = await this.#conditions.catch((error: unknown) => {
        this.#conditions = undefined;
        throw error;
      });
      const look = isLarge || conditions === 'ignored';
      if (look && (await this.head(name, options)) !== undefined) return 'exists';
    }
    const isConditional = options.ifAbsent === true && conditions === 'known';
    const { signal } = options;
    const how = { signal, ifAbsent: isConditional };
    return isLarge ? this.#upload(name, body, how) : this.#send(name, body, how);
  }

  async *list(folders: readonly string[], call: ObjectCall = {}): AsyncIterable<ObjectHead> {
    const wanted = folders.map((it) => this.#prefix + mustObjectFolder(it));
    const { sdk, client } = await this.#s3(call);
    const ask = async ({ prefix, after, most }: PageRequest) => {
      const command = new sdk.ListObjectsV2Command({
        Bucket: this.#where.bucket,
        Prefix: prefix,
        StartAfter: after,
        MaxKeys: most,
      });
      const page = await client.send(command, this.#limits(call)).catch((error: unknown) => {
        throw s3Trouble(error, this.place, call.signal);
      });
      const items = (page.Contents ?? []).map((it) => headOf(it.Key ?? '', it));
      return { items, more: page.IsTruncated === true };
    };
    for await (const head of skipScan(wanted, ask)) {
      const name = head.name.slice(this.#prefix.length);
      if (isObjectName(name)) yield { ...head, name };
    }
  }

  async delete(name: string, options: ObjectDelete = {}): Promise<void> {
    const Key = this.#keyOf(name);
    if (options.stamp !== undefined) {
      const found = await this.head(name, options);
      if (found?.stamp !== options.stamp) return;
    }
    const { sdk, client } = await this.#s3(options);
    try {
      const command = new sdk.DeleteObjectCommand({ Bucket: this.#where.bucket, Key });
      await client.send(command, this.#limits(options));
    } catch (error) {
      if (!isS3Absent(error)) throw s3Trouble(error, this.place, options.signal);
    }
  }

  /** A use would be a copy of the object onto itself: what is kept goes by when it was stored. */
  async touch(): Promise<void> {}

  /** Uploads in parts that nobody completed. */
  async sweepLitter(olderThanMs: number, call: ObjectCall = {}): Promise<number> {
    const { sdk, client } = await this.#s3(call);
    const Bucket = this.#where.bucket;
    const oldest = this.#options.clock.now() - olderThanMs;
    let swept = 0;
    try {
      const command = new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: this.#prefix });
      const open = await client.send(command, this.#limits(call));
      for (const { Key, UploadId, Initiated } of open.Uploads ?? []) {
        if ((Initiated?.getTime() ?? Infinity) > oldest) continue;
        const abort = new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId });
        await client.send(abort, this.#limits(call));
        swept += 1;
      }
    } catch (error) {
      if (!isS3Absent(error)) throw s3Trouble(error, this.place, call.signal);
    }
    return swept;
  }

  get #prefix(): string {
    return this.#where.prefix === '' ? '' : `${this.#where.prefix}/`;
  }

  #keyOf(name: string): string {
    return this.#prefix + mustObjectName(name);
  }

  async #s3(call: ObjectCall): Promise<Awaited<ReturnType<typeof openS3>>> {
    throwIfAborted(call.signal);
    this.#opened ??= openS3(this.#options.environment, this.#options.timeoutMs);
    return this.#opened;
  }

  #limits({ signal }: ObjectCall): { readonly abortSignal?: AbortSignal } {
    return signal === undefined ? {} : { abortSignal: signal };
  }

  async #fetch(
    name: string,
    call: ObjectCall,
    Range: string | undefined,
  ): Promise<{ head: ObjectHead; body: Readable } | undefined> {
    const Key = this.#keyOf(name);
    const { sdk, client } = await this.#s3(call);
    try {
      const command = new sdk.GetObjectCommand({ Bucket: this.#where.bucket, Key, Range });
      const answer = await client.send(command, this.#limits(call));
      const head = headOf(name, { ...answer, Size: wholeSize(answer) });
      return { head, body: answer.Body as Readable };
    } catch (error) {
      if (isS3Absent(error)) return undefined;
      if (s3Status(error) !== 416) throw s3Trouble(error, this.place, call.signal);
      const head = await this.head(name, call);
      return head && { head, body: Readable.from([]) };
    }
  }

  async #send(name: string, body: ObjectBody, options: ObjectPut): Promise<'stored' | 'exists'> {
    const pieces: Uint8Array[] = [];
    const limits = { signal: options.signal, timeoutMs: this.#options.timeoutMs };
    for await (const piece of piecesOf(body, limits)) pieces.push(piece);
    const { sdk, client } = await this.#s3(options);
    const input = { ...this.#input(name, options), Body: Buffer.concat(pieces) };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.send(new sdk.PutObjectCommand(input), this.#limits(options));
        return 'stored';
      } catch (error) {
        if (s3Status(error) === 412) return 'exists';
        // Another write of that name is under way: what comes of it decides.
        if (s3Status(error) === 409 && attempt < ATTEMPTS) continue;
        throw s3Trouble(error, this.place, options.signal);
      }
    }
  }

  async #upload(name: string, body: ObjectBody, options: ObjectPut): Promise<'stored' | 'exists'> {
    const { client } = await this.#s3(options);
    const { Upload } = await import('@aws-sdk/lib-storage');
    const size = bodySize(body);
    const partSize = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS));
    const giveUp = new AbortController();
    const abort = (): void => giveUp.abort(options.signal?.reason);
    let trouble: unknown;
    const pieces = piecesOf(body, { signal: options.signal, timeoutMs: this.#options.timeoutMs });
    const source = Readable.from(pieces, { objectMode: false });
    source.once('error', (error) => (trouble ??= error));
    options.signal?.addEventListener('abort', abort, { once: true });
    const params = { ...this.#input(name, options), Body: source };
    const settings = { client, params, partSize, queueSize: PARTS_AT_ONCE };
    const upload = new Upload({ ...settings, abortController: giveUp });
    try {
      await upload.done();
      return 'stored';
    } catch (error) {
      if (s3Status(error) === 412) {
        await this.#abandon(name, upload.uploadId);
        return 'exists';
      }
      throw s3Trouble(trouble ?? error, this.place, options.signal);
    } finally {
      options.signal?.removeEventListener('abort', abort);
      source.destroy();
    }
  }

  /** Only where all parts are there and another object was first, the library leaves them. */
  async #abandon(name: string, UploadId: string | undefined): Promise<void> {
    const { sdk, client } = await this.#s3({});
    const where = { Bucket: this.#where.bucket, Key: this.#keyOf(name) };
    const command = new sdk.AbortMultipartUploadCommand({ ...where, UploadId });
    // What stays is litter.
    await client.send(command).catch(() => undefined);
  }

  #input(name: string, options: ObjectPut) {
    const input = { Bucket: this.#where.bucket, Key: this.#keyOf(name) };
    return options.ifAbsent === true ? { ...input, IfNoneMatch: '*' } : input;
  }

  /** Where the probe lies already, which is nearly always, one request tells. */
  async #probe(): Promise<Conditions> {
    const body = { kind: 'bytes', bytes: Buffer.from('*') } as const;
    const options = { ifAbsent: true };
    try {
      if ((await this.#send(PROBE, body, options)) === 'exists') return 'known';
      return (await this.#send(PROBE, body, options)) === 'exists' ? 'known' : 'ignored';
    } catch (error) {
      const status = error instanceof Error ? s3Status(error.cause) : undefined;
      if (status === 501) return 'ignored';
      throw error;
    }
  }
}

interface HeadFields {
  readonly Size?: number | undefined;
  readonly ContentLength?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly ETag?: string | undefined;
}

function headOf(name: string, fields: HeadFields): ObjectHead {
  const modifiedAt = fields.LastModified?.getTime() ?? 0;
  const size = fields.Size ?? fields.ContentLength ?? 0;
  const stamp = `${fields.ETag ?? ''}-${modifiedAt}-${size}`;
  return { name, size, modifiedAt, usedAt: modifiedAt, stamp };
}

interface RangedFields {
  readonly ContentRange?: string | undefined;
  readonly ContentLength?: number | undefined;
}

/** `bytes 0-9/100`: behind the stroke stands the size of the whole. */
function wholeSize(answer: RangedFields): number | undefined {
  const size = answer.ContentRange?.split('/')[1];
  return size === undefined ? answer.ContentLength : Number(size);
}

function rangeHeader(from = 0, most?: number): string | undefined {
  if (from < 0) return `bytes=${from}`;
  if (most !== undefined) return `bytes=${from}-${from + most - 1}`;
  return from === 0 ? undefined : `bytes=${from}-`;
}
