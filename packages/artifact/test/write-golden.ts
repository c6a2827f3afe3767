/* Writes the golden file of the present format: once, when the format's version is raised. */
import { copyFileSync } from 'node:fs';
import { encode } from '@skein/values';
import { packArtifact } from '../src/pack.ts';
import { TestFolder, mustSucceed } from './folder.ts';

using folder = new TestFolder();
const files = ['', 'golden file\n', 'x'.repeat(100_000)].map((text) => folder.file(text));
const value = encode({ golden: 'value' });
const packed = mustSucceed(await packArtifact({ value, files }, folder.path));
copyFileSync(packed.path, new URL('../golden/artifact-v1', import.meta.url));
