import { createPrivateKey } from 'node:crypto';
import { digestOf, encode } from '@skein/values';
import type { EntryContent, WriterKey } from '../src/entry.ts';
import { nameOfWriter, rawPublicKey } from '../src/entry-writer.ts';
import { GOLDEN_TRACES } from './golden.ts';
import { contentOf } from './writers.ts';

/** PKCS8 of an Ed25519 key: this, and 32 bytes. It is in the repository, so it is nobody's. */
const PKCS8 = '302e020100300506032b657004220420';

export const GOLDEN_WRITER: WriterKey = goldenWriter();

function goldenWriter(): WriterKey {
  const der = Buffer.from(PKCS8 + '07'.repeat(32), 'hex');
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = rawPublicKey(privateKey) ?? new Uint8Array();
  return { privateKey, publicKey, name: nameOfWriter(publicKey) };
}

const blob = digestOf('blob', 'blob');

/** Entries with every kind of trace, inputs and log. */
export const GOLDEN_CONTENTS: readonly EntryContent[] = GOLDEN_TRACES.map((trace, index) =>
  contentOf(trace, {
    inputs:
      index === 0
        ? null
        : {
            small: [encode('small')],
            pack: index === 1 ? { blob, size: 100 } : null,
            large: [{ input: digestOf('value', 'large'), blob }],
            files: [{ artifact: blob, files: [digestOf('blob', 'file')] }],
          },
    log:
      trace.log === null
        ? null
        : { segments: [blob], tail: { at: 'entry', chunks: [encode('chunk')] } },
  }),
);
