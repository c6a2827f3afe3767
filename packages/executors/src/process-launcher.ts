import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import type { TaskOptions } from '@skein/model';
import type { Launched, Launcher, LaunchOrder, ProcessEnd } from './launcher.ts';
import { notHonouredByProcesses } from './not-honoured.ts';
import { endGroup, endTree, endWithin } from './orphans.ts';
import { Reaper } from './reaper.ts';

/** A subprocess that left the process group may hold the pipes open for ever. */
const DRAIN_MS = 200;

/** Starts workers as child processes, each the leader of a group of its own. */
export class ProcessLauncher implements Launcher {
  readonly name = 'pool';
  #reaper: Reaper | undefined;

  launch(order: LaunchOrder): Launched {
    const child = spawnWorker(order);
    const { pid } = child;
    const ended = endOf(child, order.scratch);
    if (pid !== undefined) {
      const reaper = this.#reaperIn(dirname(order.scratch));
      reaper.watch(pid);
      void ended.then(() => reaper.forget(pid));
    }
    return {
      pid,
      channel: Promise.resolve(child.stdio[3] as Socket),
      stdout: child.stdout,
      stderr: child.stderr,
      ended,
      kill: () => {
        if (pid === undefined || child.exitCode !== null) return;
        if (process.platform === 'win32') child.kill('SIGKILL');
        else endTree(pid);
      },
    };
  }

  cannotHonour(options: TaskOptions): readonly string[] {
    return notHonouredByProcesses(options);
  }

  async close(): Promise<void> {
    await this.#reaper?.close();
  }

  #reaperIn(folder: string): Reaper {
    this.#reaper ??= new Reaper(folder);
    return this.#reaper;
  }
}

function spawnWorker(order: LaunchOrder): ChildProcess {
  const { heapMebibytes, environment, bundle, entry, state } = order;
  const flags = heapMebibytes === 0 ? [] : [`--max-old-space-size=${heapMebibytes}`];
  return spawn(process.execPath, [...flags, entry], {
    cwd: bundle.cwd,
    // The worker takes the cache's name out again before any code of the author runs.
    env: { ...environment.visible, NODE_COMPILE_CACHE: join(state, 'compile-cache') },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // A group of its own: it can be killed with its subprocesses, and Ctrl-C does not reach it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
}

/** With what it started: its group, and whatever has its `TMPDIR` in `scratch`. */
function endOf(child: ChildProcess, scratch: string): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', ({ message }) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error: message });
    });
    child.once('exit', (code, signal) => {
      endGroup(child.pid ?? 0);
      endWithin(scratch);
      const timer = setTimeout(() => resolve({ code, signal }), DRAIN_MS);
      child.once('close', () => {
        clearTimeout(timer);
        resolve({ code, signal });
      });
    });
  });
}
