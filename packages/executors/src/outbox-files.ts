import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FileStore } from '@skein/sdk';
import { createDigester, digestOf, digestSize } from '@skein/values';
import type { Digest } from '@skein/values';
import { FailureError, reach } from '@skein/model';
import type { Result } from '@skein/model';
import type { ArtifactShelf } from './artifact-shelf.ts';
import { ourselves } from './attribution.ts';
import type { CustodyRequest } from './custody-request.ts';
import type { LazyShelf } from './lazy-shelf.ts';

/** Up to here a file is read at once. */
const SMALL_BYTES = 1 << 20;
const CHUNK_BYTES = 1 << 18;
/** What nobody named is laid out under. */
const NAMELESS = 'content';

/** The way to whoever can write the state. */
export interface Custodian {
  /** Absolute folder in which it finds what it is to take in. */
  readonly outbox: string;
  /** On behalf of the action that the present code belongs to. */
  readonly ask: (asked: CustodyRequest) => Promise<Result<string>>;
}

let left = 0;

/**
 * The files of a worker that cannot write the state: what it makes it leaves in its outbox, what it
 * reads is laid out for it. Sources are read on behalf of the code that names them.
 */
export function outboxFiles({ outbox, ask }: Custodian): FileStore {
  const must = async (asked: CustodyRequest): Promise<string> => {
    const answer = await ask(asked);
    if (!answer.ok) throw new FailureError(answer.failure);
    return answer.value;
  };
  const keep = async (fill: (write: Write) => Promise<Digest>): Promise<Kept> => {
    const name = nextName();
    const path = join(outbox, name);
    const file = await ourselves(async () => {
      await mkdir(outbox, { recursive: true });
      return await open(path, 'wx', 0o644);
    });
    try {
      const digest = await fill((bytes) => ourselves(() => file.writeFile(bytes)));
      await ourselves(() => file.close());
      await must({ what: 'keep-file', name, digest });
      return { digest, size: digestSize(digest) };
    } finally {
      await ourselves(async () => {
        await file.close();
        await rm(path, { force: true });
      });
    }
  };
  const putBytes = (bytes: Uint8Array): Promise<Kept> =>
    keep(async (write) => {
      await write(bytes);
      return digestOf('blob', bytes);
    });
  const putStream = (stream: AsyncIterable<Uint8Array>): Promise<Kept> =>
    keep(async (write) => {
      const digester = createDigester('blob');
      for await (const chunk of stream) {
        if (!(chunk instanceof Uint8Array))
          throw new TypeError('a stream of bytes gives Uint8Array');
        digester.update(chunk);
        await write(chunk);
      }
      return digester.finish();
    });
  const locate = async (digest: Digest): Promise<string | undefined> => {
    const asked = { what: 'lay-out-file', name: NAMELESS, digest } as const;
    const answer = await ask(asked);
    return answer.ok ? answer.value : undefined;
  };
  return {
    putBytes,
    putStream,
    putPath: async (path) => {
      const { size } = await stat(path);
      if (size <= SMALL_BYTES) return await putBytes(await readFile(path));
      return await putStream(createReadStream(path, { highWaterMark: CHUNK_BYTES }));
    },
    locate,
    has: async (digest) => (await locate(digest)) !== undefined,
    pathOf: ({ name, digest }) => must({ what: 'lay-out-file', name, digest }),
    folderOf: ({ entries }) => must({ what: 'lay-out-dir', entries }),
  };
}

/** Artifacts that are read where they lie, and packed in the outbox. */
export function outboxShelf({ outbox, ask }: Custodian, visible: LazyShelf): ArtifactShelf {
  return {
    pack: (content) =>
      ourselves(async () => {
        const { value, contents } = content;
        const packing = { files: contents, ...(value !== undefined && { value }) };
        // Most workers never make one, and start faster without the code.
        const { packArtifact } = await import('@skein/artifact');
        const packed = await packArtifact(packing, outbox);
        if (!packed.ok) throw new FailureError(packed.failure);
        reach('artifact-packed');
        const { digest, path } = packed.value;
        try {
          const answer = await ask({ what: 'keep-artifact', name: basename(path), digest });
          if (!answer.ok) throw new FailureError(answer.failure);
          return digest;
        } finally {
          await rm(path, { force: true });
        }
      }),
    read: (artifact, digest) => visible.read(artifact, digest),
    take: (artifact, file, put) => visible.take(artifact, file, put),
  };
}

type Write = (bytes: Uint8Array) => Promise<void>;

interface Kept {
  readonly digest: Digest;
  readonly size: number;
}

function nextName(): string {
  left += 1;
  return `file-${left}`;
}
