import { expect, test } from 'vitest';
import { openWorkshop } from '../test/bundle.ts';
import { createInline } from './create.ts';
import { executorConformance } from './executor.conformance.ts';

executorConformance({ name: 'inline', create: createInline });

test('what modules print while they load is told, and is no output of the command', async () => {
  const shop = openWorkshop();
  const printed: string[] = [];
  const executor = createInline({
    state: shop.state,
    environment: {},
    warn: () => undefined,
    printed: (worker, stream, text) => printed.push(`${worker} ${stream} ${text}`),
  });
  const bundle = shop.bundle([], "console.log('at load'); process.stdout.write('%\\n');");
  expect(await executor.load(bundle)).toMatchObject({ ok: true });
  expect(printed).toEqual(['coordinator stdout at load\n', 'coordinator stdout %\n']);
  await executor.close();
  shop.remove();
});
