import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findEntries } from './find-entries.ts';

const root = mkdtempSync(join(tmpdir(), 'skein-entries-'));
afterAll(() => rmSync(root, { recursive: true }));

const TASK = "import { environment } from 'skein';\nexport const a = env.task(async () => 1);\n";

it('finds modules that declare tasks, without those that another one imports', () => {
  const files = {
    'src/main.ts': `${TASK}import './steps/index.ts';\nexport * from './more.js';\n`,
    'src/steps/index.ts': TASK,
    'src/more.js': TASK,
    'src/other.mts': TASK,
    'src/main.test.ts': TASK,
    'src/types.d.ts': TASK,
    'src/plain.ts': "import { environment } from 'skein';\n",
    'src/elsewhere.ts': TASK.replace("'skein'", "'other'"),
    'node_modules/x/index.js': TASK,
    'README.md': TASK,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  expect(findEntries(root, Object.keys(files))).toEqual(['src/main.ts', 'src/other.mts']);
  expect(findEntries(root, ['src/gone.ts'])).toEqual([]);
});

it('finds all of a circle, since none of it comes first', () => {
  writeFileSync(join(root, 'one.ts'), `${TASK}import './two.ts';\n`);
  writeFileSync(join(root, 'two.ts'), `${TASK}import './one.ts';\n`);
  expect(findEntries(root, ['one.ts', 'two.ts'])).toEqual(['one.ts', 'two.ts']);
});
