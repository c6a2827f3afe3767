import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS, NO_LOG, openServing } from '@skein/server';
import { openDepot, openObjects } from '@skein/store';

/** A cache server in this process, over a folder of its own. */
export interface LocalServer extends AsyncDisposable {
  readonly data: string;
  /** What a client is told by its environment. */
  readonly client: (scope: string, mode?: string) => Promise<Readonly<Record<string, string>>>;
}

const clock = { now: () => Date.now(), elapsed: () => performance.now() };
const randomness = { hex: (length: number) => randomBytes(length).toString('hex') };

export async function localServer(): Promise<LocalServer> {
  const folder = mkdtempSync(join(tmpdir(), 'skein-cache-'));
  const data = join(folder, 'data');
  const objects = await openObjects(data, { clock, randomness, environment: {} });
  if (!objects.ok) throw new Error(objects.failure.headline);
  const depot = openDepot(objects.value, { clock, randomness });
  const { http } = openServing(
    depot,
    {
      limits: DEFAULT_LIMITS,
      version: '1.2.3',
      keepForMs: undefined,
      maxSizeBytes: undefined,
      restarts: 0,
    },
    { clock, randomness, log: NO_LOG, memory: () => process.memoryUsage() },
  );
  http.start();
  const listener = createServer((socket) => http.adopt(socket));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on a port');
  return {
    data,
    client: async (scope, mode = 'read-write') => {
      const name = `${scope.replace('/', '-')}-${randomness.hex(2)}`;
      const token = await depot.tokens.create({ scope, mode, name });
      if (!token.ok) throw new Error(token.failure.headline);
      return {
        SKEIN_REMOTE: `http://127.0.0.1:${address.port}`,
        SKEIN_REMOTE_TOKEN: token.value.text,
        HOME: folder,
      };
    },
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await http.drain({ idleMs: 0, mostMs: 1_000 });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
