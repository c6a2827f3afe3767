/* Writes the golden file of the present format of entries: once, when its version is raised. */
import { writeFileSync } from 'node:fs';
import { ENTRY_FORMAT, encodeEntry } from '../src/entry.ts';
import { GOLDEN_CONTENTS, GOLDEN_WRITER } from './golden-entry.ts';

const golden = new URL(`../golden/entry-v${ENTRY_FORMAT}.hex`, import.meta.url).pathname;
const entries = await Promise.all(GOLDEN_CONTENTS.map((one) => encodeEntry(one, GOLDEN_WRITER)));
writeFileSync(golden, `${entries.map((one) => Buffer.from(one).toString('hex')).join('\n')}\n`);
