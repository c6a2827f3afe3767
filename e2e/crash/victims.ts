import { aliveOf, familyOf, processesNaming, type KnownProcess } from '../support/processes.ts';
import type { Draw } from './draw.ts';
import type { Victim } from './plan.ts';

/** Kills as an operating system does: nobody is asked. */
export function kill(victim: Victim, command: number, draw: Draw): readonly KnownProcess[] {
  const family = familyOf(command);
  if (victim === 'coordinator') end(command);
  else if (victim === 'group') for (const { pid } of family) end(pid);
  else {
    const [first, ...rest] = family.filter(({ command: line }) => line.includes('worker.js'));
    if (first !== undefined) end(draw.pick([first, ...rest]).pid);
  }
  return family;
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was quicker.
  }
}

/** What of a command, or of any other on its state, is still there when it had time to go. */
export async function leftOf(
  family: readonly KnownProcess[],
  state: string,
  patienceMs: number,
): Promise<readonly string[]> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const left = [...aliveOf(family), ...processesNaming(state)];
    if (left.length === 0) return [];
    if (performance.now() > until) return left.map(({ pid, command }) => `${pid} ${command}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
