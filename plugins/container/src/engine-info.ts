/** Which command line it understands: `docker` of the package podman-docker is podman. */
export type EngineKind = 'podman' | 'docker';

/** What an engine says that it can do. */
export interface EngineFeatures {
  readonly version: string;
  /** It runs as its caller, so that root in a container is nobody but the caller. */
  readonly rootless: boolean;
  readonly cgroupVersion: 1 | 2 | undefined;
  /** What it can limit: a limit that it cannot hold would be an error. */
  readonly limits: {
    readonly memory: boolean;
    readonly cpu: boolean;
    readonly pids: boolean;
    /** It can hand over gpus. */
    readonly gpu: boolean;
  };
}

/** What an engine was asked, and what the machine has. */
export interface Info {
  readonly kind: EngineKind;
  /** Its `info`, as JSON. */
  readonly text: string;
  /** The gpus of the machine are described by the Container Device Interface. */
  readonly describesGpus: boolean;
}

/** Reads `info`; `undefined`: it is none, or of an engine that is not there. */
export function readInfo({ kind, text, describesGpus }: Info): EngineFeatures | undefined {
  let info: unknown;
  try {
    info = JSON.parse(text);
  } catch {
    return undefined;
  }
  return kind === 'podman' ? ofPodman(info, describesGpus) : ofDocker(info);
}

function ofPodman(info: unknown, gpu: boolean): EngineFeatures | undefined {
  const host = at(info, 'host');
  const version = at(info, 'version', 'Version');
  if (typeof version !== 'string') return undefined;
  const listed = at(host, 'cgroupControllers');
  const controllers: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const rootless = at(host, 'security', 'rootless') === true;
  const cgroupVersion = cgroupOf(at(host, 'cgroupVersion'));
  // The first generation of cgroups is root's alone.
  const has = (name: string): boolean =>
    controllers.includes(name) && !(rootless && cgroupVersion === 1);
  const limits = { memory: has('memory'), cpu: has('cpu'), pids: has('pids'), gpu };
  return { version, rootless, cgroupVersion, limits };
}

function ofDocker(info: unknown): EngineFeatures | undefined {
  const version = at(info, 'ServerVersion');
  if (typeof version !== 'string' || version === '') return undefined;
  const options = at(info, 'SecurityOptions');
  const rootless = Array.isArray(options) && options.includes('name=rootless');
  const limits = {
    memory: at(info, 'MemoryLimit') === true,
    cpu: at(info, 'CpuCfsQuota') === true,
    pids: at(info, 'PidsLimit') === true,
    gpu: at(info, 'Runtimes', 'nvidia') !== undefined,
  };
  return { version, rootless, cgroupVersion: cgroupOf(at(info, 'CgroupVersion')), limits };
}

function cgroupOf(value: unknown): 1 | 2 | undefined {
  if (value === '1' || value === 'v1') return 1;
  return value === '2' || value === 'v2' ? 2 : undefined;
}

function at(value: unknown, ...names: readonly string[]): unknown {
  let found = value;
  for (const name of names) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}
