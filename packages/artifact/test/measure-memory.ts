/*
 * Packs and unpacks so many mebibytes, half of which compress, and prints the most memory that this
 * process held meanwhile, in mebibytes: `measure-memory.ts <mebibytes>`.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { digestFile } from '@skein/values';
import { packArtifact } from '../src/pack.ts';
import { unpackArtifact } from '../src/unpack.ts';
import { TestFolder, mustSucceed } from './folder.ts';

const MEBIBYTE = 1 << 20;
const size = Number(process.argv[2]);

using folder = new TestFolder();
const path = folder.at('large');
const descriptor = openSync(path, 'w');
const piece = Buffer.alloc(MEBIBYTE, 'as like as two peas ');
let seed = 1;
for (let written = 0; written < size; written++) {
  for (let at = 0; at < MEBIBYTE / 2; at += 4) {
    // xorshift: https://www.jstatsoft.org/article/view/v008i14
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    piece.writeInt32LE(seed, at);
  }
  writeSync(descriptor, piece);
}
closeSync(descriptor);
const digest = await digestFile(path);
const packed = mustSucceed(await packArtifact({ files: [{ digest, path }] }, folder.path));
const into = folder.at('staging');
mustSucceed(await unpackArtifact(packed.path, { files: 'all', into }));
process.stdout.write(String(Math.round(process.resourceUsage().maxRSS / 1_024)));
