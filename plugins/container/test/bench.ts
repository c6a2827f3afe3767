import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Launched, LaunchOrder } from '@skein/executors';
import type { ResolvedImage } from '@skein/model';
import { digestOf } from '@skein/values';

/** A workspace that any user can read, with a state of its own and a pool's scratch folder. */
export interface Bench {
  readonly root: string;
  readonly state: string;
  readonly pool: string;
  /** What a worker of the probe is started for; each launcher has a pool of its own. */
  order: (image: ResolvedImage, changes?: Changes) => LaunchOrder;
  remove: () => void;
}

export interface Changes extends Partial<LaunchOrder> {
  /** Folder of another pool. */
  readonly pool?: string;
}

export function openBench(name = 'skein-container-'): Bench {
  const root = realpathSync(mkdtempSync(join(tmpdir(), name)));
  chmodSync(root, 0o755);
  const state = join(root, '.skein');
  const pool = join(state, 'scratch', `pool-${root.slice(-6)}`);
  const bundles = join(state, 'bundles', 'one');
  for (const folder of [pool, bundles, join(root, 'src')]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(bundles, 'bundle.mjs'), '');
  writeFileSync(join(state, 'secret.db'), 'nobody may see it');
  writeFileSync(join(root, 'src', 'main.ts'), 'export {};\n');
  let count = 0;
  return {
    root,
    state,
    pool,
    order: (image, changes) => {
      count += 1;
      const scratch = join(changes?.pool ?? pool, `worker-${count}`);
      mkdirSync(scratch, { recursive: true });
      const path = join(bundles, 'bundle.mjs');
      return {
        name: `worker ${count}`,
        entry: join(import.meta.dirname, 'probe.ts'),
        bundle: { digest: digestOf('bundle', ''), path, root, entry: 'src/main.ts', cwd: root },
        state,
        invisible: state,
        scratch,
        environment: {
          visible: { TMPDIR: scratch, HOME: scratch, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
          hidden: {},
          path: undefined,
        },
        heapMebibytes: 0,
        limits: {},
        image,
        network: false,
        resources: {},
        ...changes,
      };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Evaluates in a probe. */
export async function tell(launched: Launched): Promise<(body: string) => Promise<unknown>> {
  const socket = await launched.channel;
  // It may be ended while it is told something.
  socket.on('error', () => undefined);
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  return async (body) => {
    socket.write(`${body}\n`);
    const answer = await answers.next().catch(() => undefined);
    return answer === undefined || answer.done === true ? 'gone' : JSON.parse(answer.value);
  };
}
