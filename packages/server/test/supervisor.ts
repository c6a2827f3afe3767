import { join } from 'node:path';
import { readListen } from '../src/listen-address.ts';
import { serve } from '../src/serve.ts';
import type { ServerLimits } from '../src/server-limits.ts';

/** `node supervisor.ts <folder or bucket> <limits as JSON>`: a server as a process of its own. */
const [data = '', limits = '{}', address = '127.0.0.1:0', entry = 'child.ts'] =
  process.argv.slice(2);
const listen = readListen(address);
if (!listen.ok) throw new Error(listen.failure.headline);
const served = await serve(
  {
    listen: listen.value,
    data,
    version: '0.0.0-test',
    childEntry: { module: join(import.meta.dirname, entry), argv: [] },
    limits: JSON.parse(limits) as Partial<ServerLimits>,
  },
  {
    say: (line) => void process.stderr.write(`${line}\n`),
    environment: process.env,
    pid: process.pid,
    onSignal: (name, listener) => {
      process.on(name, listener);
      return () => process.off(name, listener);
    },
  },
);
if (served.ok) process.exitCode = await served.value.done;
else {
  process.stderr.write(`${JSON.stringify(served.failure)}\n`);
  process.exitCode = 2;
}
