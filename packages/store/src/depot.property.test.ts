import fc from 'fast-check';
import { digestOf } from '@skein/values';
import { expect, test } from 'vitest';
import {
  SetClock,
  contentsOf,
  depotOver,
  entryOf,
  publicKeyNamed,
  rightsFor,
  streamOf,
  textOfStream,
  tokenFor,
} from '../test/depot-kit.ts';
import type { Depot } from './depot.ts';
import { MemoryObjects } from './memory-objects.ts';
import type { Rights } from './shared-store.ts';

const SCOPES = ['trusted', 'pr/1', 'pr/12', 'dev/a', 'dev/b'];
const NAMES = ['x', 'y', 'z'];

type Kind = 'entry' | 'blob' | 'nx';

type Operation =
  | { readonly kind: 'write'; readonly what: Kind; readonly by: number; readonly name: string }
  | { readonly kind: 'revoke'; readonly by: number };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      what: fc.constantFrom<Kind>('entry', 'blob', 'nx'),
      by: fc.nat({ max: SCOPES.length * 2 - 1 }),
      name: fc.constantFrom(...NAMES),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('revoke' as const),
      by: fc.nat({ max: SCOPES.length * 2 - 1 }),
    }),
  },
);

interface Writer {
  readonly id: string;
  readonly scope: string;
  readonly rights: Rights;
}

/** What a depot is, in one line: by kind, scope and name, whose text lies there. */
type Model = Map<string, Writer>;

const place = (what: Kind, scope: string, name: string): string => `${what} ${scope} ${name}`;

test('no sequence of writes and revocations lets anything be read outside its scopes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
      const clock = new SetClock();
      const objects = new MemoryObjects(clock);
      // Two processes on one store, as behind a balancer.
      const depots = [depotOver(objects, { clock }), depotOver(objects, { clock })] as const;
      const writers = await makeWriters(depots[0]);
      const model: Model = new Map();
      for (const [index, one] of operations.entries()) {
        const writer = writers[one.by];
        const depot = depots[index % 2] ?? depots[0];
        if (writer === undefined) continue;
        if (one.kind === 'revoke') await revoke(depot, writer, model);
        else await write(depot, writer, { ...one, model });
      }
      for (const depot of depots) await expectModel(depot, model);
    }),
    { numRuns: 60 },
  );
});

async function makeWriters(depot: Depot): Promise<Writer[]> {
  const writers: Writer[] = [];
  for (const scope of [...SCOPES, ...SCOPES]) {
    const { id, rights } = await tokenFor(depot, scope);
    await depot.as(rights).register(publicKeyNamed(id));
    writers.push({ id, scope, rights });
  }
  return writers;
}

async function revoke(depot: Depot, writer: Writer, model: Model): Promise<void> {
  expect(await depot.revokeWriter(writer.id)).toMatchObject({ ok: true });
  for (const [where, by] of model) {
    if (by === writer && !where.startsWith('blob')) model.delete(where);
  }
}

async function write(
  depot: Depot,
  writer: Writer,
  { what, name, model }: { what: Kind; name: string; model: Model },
): Promise<void> {
  const { id, scope, rights } = writer;
  const where = place(what, scope, name);
  if (what === 'blob') {
    await depot.as(rights).receiveBlob(digestOf('blob', name), streamOf(name));
    if (!model.has(where)) model.set(where, writer);
    return;
  }
  const isRevoked = (await depot.tokens.list()).some((it) => it.id === id && it.revokedAt);
  if (what === 'nx') {
    // The server asks whose token it is; here what slips through is given to nobody.
    const status = await depot.nx(rights).put(name, { stream: streamOf(id), size: id.length });
    expect(status).toBe(model.has(where) ? 'conflict' : 'stored');
    if (status === 'stored' && !isRevoked) model.set(where, writer);
    return;
  }
  const entry = entryOf(name, `<${id}>`, { writer: publicKeyNamed(id) });
  const [status] = await depot.as(rights).put([entry]);
  const there = model.get(where);
  if (isRevoked) expect(status).toBe('refused');
  else if (there === undefined) expect(status).toBe('stored');
  else expect(status).toBe(there === writer ? 'same' : 'conflict');
  if (status === 'stored') model.set(where, writer);
}

async function expectModel(depot: Depot, model: Model): Promise<void> {
  for (const scope of SCOPES) {
    const rights = rightsFor(scope, 'read');
    const store = depot.as(rights);
    for (const name of NAMES) {
      const at = (what: Kind) =>
        rights.reads.flatMap((it) => {
          const writer = model.get(place(what, it, name));
          return writer === undefined ? [] : [{ scope: it, writer }];
        });
      const seen = at('entry').map((it) => `${it.scope}: <${it.writer.id}>`);
      expect(await contentsOf(store, name)).toEqual(seen);
      const artifact = await depot.nx(rights).find(name);
      expect(artifact?.scope).toBe(at('nx')[0]?.scope);
      expect(await textOfStream(await artifact?.open())).toBe(at('nx')[0]?.writer.id);
      const blob = await store.getBlob(digestOf('blob', name));
      expect(await textOfStream(blob)).toBe(at('blob').length > 0 ? name : undefined);
    }
  }
}
