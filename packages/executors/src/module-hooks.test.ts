import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { openWorkshop } from '../test/bundle.ts';
import { announceBundle, importNatively, installModuleHooks } from './module-hooks.ts';

test('C5: a bundle finds packages below its own workspace root, and the running SDK', async () => {
  installModuleHooks({ greet: (name: string) => `hello ${name}` });
  const seen: unknown[] = [];
  for (const version of [1, 2]) {
    const shop = openWorkshop();
    const folder = join(shop.root, 'node_modules', 'left');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), `{ "name": "left", "type": "module" }`);
    writeFileSync(join(folder, 'index.js'), `export const version = ${version};`);
    const path = join(shop.state, 'bundle.mjs');
    writeFileSync(
      path,
      `import { greet } from 'skein';
       import { version } from 'skein-package:node_modules/left/index.js';
       export const found = greet('left ' + version);`,
    );
    const { href } = pathToFileURL(path);
    announceBundle(href, { root: shop.root, entry: 'src/main.ts' });
    seen.push(((await importNatively(href)) as { found: string }).found);
    shop.remove();
  }
  expect(seen).toEqual(['hello left 1', 'hello left 2']);
});

test('C5: a package whose name is made at run time is found from the sources', async () => {
  installModuleHooks({});
  const shop = openWorkshop();
  const elsewhere = openWorkshop();
  const folder = join(shop.root, 'node_modules', 'right');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), `{ "name": "right", "type": "module" }`);
  writeFileSync(join(folder, 'index.js'), `export const version = 3;`);
  const path = join(elsewhere.state, 'bundle.mjs');
  writeFileSync(path, `const name = 'right'; export const { version } = await import(name);`);
  const { href } = pathToFileURL(path);
  announceBundle(href, { root: shop.root, entry: 'src/main.ts' });
  expect(await importNatively(href)).toMatchObject({ version: 3 });
  shop.remove();
  elsewhere.remove();
});
