import type { TaskOptions } from '@skein/model';
import { dialectOf } from './dialect.ts';
import type { ContainerUser } from './dialect.ts';
import type { EngineFeatures, EngineKind } from './engine-info.ts';
import { mountFields } from './mount-fields.ts';

/** A folder or file of the machine, at a path of the container. */
export interface Mount {
  readonly source: string;
  /** Default: the same path. */
  readonly target?: string;
  readonly writable?: boolean;
}

/** One container: what of the machine it sees, what it may use, and what it runs. */
export interface ContainerPlan {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Where the engine gets the image, which is there already. */
  readonly image: string;
  readonly user: ContainerUser;
  readonly cwd: string;
  /** Folders of which it sees nothing but what is mounted below them. */
  readonly hidden: readonly string[];
  readonly mounts: readonly Mount[];
  /** Values that are those of the engine's own environment are handed on by name (O7). */
  readonly variables: Readonly<Record<string, string>>;
  readonly network: boolean;
  /** The network of one that has any; absent: the engine's own default. */
  readonly networkMode?: string | undefined;
  readonly resources: TaskOptions['resources'];
  /** Its gpus, as the engine names them. */
  readonly devices: readonly string[];
  /** More flags of `run`, the last to be read. */
  readonly runArgs: readonly string[];
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
}

export interface RunEngine extends Pick<EngineFeatures, 'rootless' | 'limits'> {
  readonly kind: EngineKind;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const MEBIBYTE = 1 << 20;
/** No task needs as many; a fork bomb does. */
const MAX_PROCESSES = 32_768;

/** The command line that runs a container in the foreground. */
export function runArguments(engine: RunEngine, plan: ContainerPlan): readonly string[] {
  const dialect = dialectOf(engine);
  const [program, ...args] = plan.command;
  const labels = Object.entries(plan.labels).flatMap(([name, value]) => [
    '--label',
    `${name}=${value}`,
  ]);
  return [
    ...dialect.quiet,
    'run',
    '--name',
    plan.name,
    ...labels,
    '--pull=never',
    '--log-driver=none',
    '--no-healthcheck',
    '--hostname=skein',
    ...confinement(plan, engine),
    ...dialect.user(plan.user),
    ...limits(plan, engine),
    ...(plan.devices.length > 0 ? dialect.gpus(plan.devices) : []),
    ...dialect.tmpfs({ path: '/tmp', mode: '1777', readOnly: false }),
    ...plan.hidden.flatMap((path) => dialect.tmpfs({ path, mode: '0755', readOnly: true })),
    ...plan.mounts.flatMap(mountFlag),
    ...variableFlags(plan.variables, engine.environment),
    '--workdir',
    plan.cwd,
    ...plan.runArgs,
    '--entrypoint',
    program,
    plan.image,
    ...args,
  ];
}

function confinement(plan: ContainerPlan, engine: RunEngine): readonly string[] {
  const mode = plan.network ? plan.networkMode : 'none';
  return [
    ...(mode === undefined ? [] : [`--network=${mode}`]),
    '--read-only',
    ...dialectOf(engine).run,
    '--cap-drop=all',
    '--security-opt=no-new-privileges',
    // Where SELinux is on it would keep the workspace from being read, for want of a label.
    '--security-opt=label=disable',
  ];
}

function limits({ resources }: ContainerPlan, engine: RunEngine): readonly string[] {
  const { memoryBytes, cpu, shmBytes } = resources;
  const flags: string[] = [];
  if (memoryBytes !== undefined && engine.limits.memory) {
    const bytes = backstopOf(memoryBytes);
    // Equal: nothing of it is swapped.
    flags.push(`--memory=${bytes}b`, `--memory-swap=${bytes}b`);
  }
  if (cpu !== undefined && cpu > 0 && engine.limits.cpu) flags.push(`--cpus=${cpu}`);
  if (engine.limits.pids) flags.push(`--pids-limit=${MAX_PROCESSES}`);
  if (shmBytes !== undefined) flags.push(`--shm-size=${shmBytes}b`);
  return flags;
}

/**
 * What the system holds it to. The limit itself is on resident memory, which is watched (X3);
 * this, where pages of files count too, stops what grows faster than anyone looks.
 */
function backstopOf(memoryBytes: number): number {
  return memoryBytes + Math.ceil(memoryBytes / 4) + 256 * MEBIBYTE;
}

function mountFlag({ source, target = source, writable = false }: Mount): readonly string[] {
  if (`${source}${target}`.includes(':')) {
    const fields = ['type=bind', `src=${source}`, `dst=${target}`];
    return ['--mount', mountFields([...fields, ...(writable ? [] : ['ro'])])];
  }
  return ['--volume', `${source}:${target}${writable ? '' : ':ro'}`];
}

function variableFlags(
  variables: Readonly<Record<string, string>>,
  known: RunEngine['environment'],
): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) => [
    '--env',
    // A secret is one of the command's own variables: it stays off the command line.
    known[name] === value ? name : `${name}=${value}`,
  ]);
}
