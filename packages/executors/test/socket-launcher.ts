import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { ResolvedImage } from '@skein/model';
import type { Launched, Launcher, LaunchOrder, ProcessEnd } from '../src/launcher.ts';
import { endGroup, endTree, endWithin } from '../src/orphans.ts';
import { ProcessLauncher } from '../src/process-launcher.ts';

/** What an engine would have found in a registry. */
export const IMAGE: ResolvedImage = {
  name: 'test',
  reference: `localhost/test@sha256:${'1'.repeat(64)}`,
  digest: `sha256:${'1'.repeat(64)}`,
};

/** Everything of a container but the container: its worker is a process of this machine. */
export class SocketLauncher implements Launcher {
  readonly name = 'socket';
  readonly #machine = new ProcessLauncher();

  launch(order: LaunchOrder): Launched {
    if (order.image === undefined) return this.#machine.launch(order);
    const { scratch, environment, bundle, entry, heapMebibytes } = order;
    const path = `${scratch}-channel`;
    const nodeProgram = join(scratch, 'node');
    writeFileSync(nodeProgram, `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
    chmodSync(nodeProgram, 0o755);
    const server = createServer().listen(path);
    const flags = heapMebibytes === 0 ? [] : [`--max-old-space-size=${heapMebibytes}`];
    const child = spawn(process.execPath, [...flags, entry], {
      cwd: bundle.cwd,
      env: {
        PATH: process.env['PATH'],
        OF_IMAGE: 'its own',
        HOSTNAME: 'added',
        ...environment.visible,
        SKEIN_CHANNEL: path,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const ended = endOf(child, scratch).finally(() => server.close());
    return {
      pid: child.pid,
      channel: Promise.race([
        once(server, 'connection').then(([socket]) => socket as Socket),
        ended.then(() => Promise.reject(new Error('it ended before it was there'))),
      ]),
      stdout: child.stdout,
      stderr: child.stderr,
      container: {
        outbox: join(scratch, 'outbox'),
        mounts: [bundle.root],
        network: order.network,
        cpuLimited: false,
        nodeProgram,
        drop: ['HOSTNAME'],
      },
      ended,
      kill: () => {
        if (child.pid !== undefined && child.exitCode === null) endTree(child.pid);
      },
    };
  }

  cannotHonour(): readonly string[] {
    return [];
  }

  async close(): Promise<void> {
    await this.#machine.close();
  }
}

async function endOf(child: ChildProcess, scratch: string): Promise<ProcessEnd> {
  const closed = once(child, 'close');
  await once(child, 'exit');
  endGroup(child.pid ?? 0);
  endWithin(scratch);
  const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}
