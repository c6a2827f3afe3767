import { type CpuInfo, cpus, loadavg, release, totalmem } from 'node:os';

/** What a reader has to know to judge the figures. */
export interface Machine {
  readonly cpus: readonly CpuInfo[];
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** Of the last minute, before the first sample. */
  readonly load: number;
}

/** The one that this runs on, as it is now. */
export function thisMachine(): Machine {
  return {
    cpus: cpus(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()}`,
    node: process.versions.node,
    load: loadavg()[0] ?? 0,
  };
}

const gibibyte = 1024 ** 3;

/** One line; a machine that was at work on something else is called noisy. */
export function describeMachine({ cpus, memoryBytes, system, node, load }: Machine): string {
  const model = cpus[0]?.model.trim() ?? 'unknown processor';
  const facts = [
    `${cpus.length} cores (${model})`,
    `${Math.round(memoryBytes / gibibyte)} GiB`,
    system,
    `Node ${node}`,
    `load ${load.toFixed(1)} before the first sample`,
  ];
  return `${facts.join(', ')}${load > cpus.length / 4 ? ': noisy' : ''}`;
}
