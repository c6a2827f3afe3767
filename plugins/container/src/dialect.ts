import type { EngineFeatures, EngineKind } from './engine-info.ts';
import { mountFields } from './mount-fields.ts';

/** Numeric ids, so that an image need not know their names. */
export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
}

export interface TmpfsMount {
  readonly path: string;
  /** Octal. */
  readonly mode: string;
  /** An empty folder that nobody can write: what lies below it is mounted on top. */
  readonly readOnly: boolean;
}

/** How one engine says what both can do: all that podman and Docker differ in. */
export interface Dialect {
  /** Before the command: what keeps its own chatter out of the container's error output. */
  readonly quiet: readonly string[];
  /** Flags of `run` that only this engine has, or needs. */
  readonly run: readonly string[];
  user: (user: ContainerUser) => readonly string[];
  tmpfs: (mount: TmpfsMount) => readonly string[];
  gpus: (devices: readonly string[]) => readonly string[];
  /** Flags of `pull` from a registry without TLS, or whose certificate nobody vouches for. */
  readonly pullInsecurely: readonly string[];
  /** Removes containers at once, running or not, with what the image declares as volumes. */
  readonly remove: readonly string[];
}

const PODMAN_RUN = [
  // Else it makes /run, /tmp and /var/tmp writable, with what the image has there.
  '--read-only-tmpfs=false',
  '--image-volume=ignore',
  // Proxies of the machine are no part of the environment that is made (O6).
  '--http-proxy=false',
  '--systemd=false',
];

function podman({ rootless }: Pick<EngineFeatures, 'rootless'>): Dialect {
  return {
    quiet: ['--log-level=error'],
    run: PODMAN_RUN,
    user: (user) => {
      const ids = ['--user', `${user.uid}:${user.gid}`];
      return rootless ? ['--userns=keep-id', ...ids] : ids;
    },
    // Without `notmpcopyup` what the image has at this path would be copied into it.
    tmpfs: (mount) => tmpfsFlag(mount, ['notmpcopyup']),
    gpus: (devices) => devices.flatMap((it) => ['--device', `nvidia.com/gpu=${it}`]),
    pullInsecurely: ['--tls-verify=false'],
    remove: ['rm', '--force', '--ignore', '--volumes', '--time', '0'],
  };
}

function docker({ rootless }: Pick<EngineFeatures, 'rootless'>): Dialect {
  return {
    quiet: [],
    run: [],
    // There root is the caller, and any other user one that owns nothing outside.
    user: ({ uid, gid }) => ['--user', rootless ? '0:0' : `${uid}:${gid}`],
    tmpfs: (mount) => tmpfsFlag(mount, []),
    gpus: (devices) => ['--gpus', mountFields([`device=${devices.join(',')}`])],
    // Its daemon is told in its own configuration.
    pullInsecurely: [],
    remove: ['rm', '--force', '--volumes'],
  };
}

function tmpfsFlag({ path, mode, readOnly }: TmpfsMount, more: readonly string[]): string[] {
  if (path.includes(':')) {
    const fields = ['type=tmpfs', `dst=${path}`, ...(readOnly ? ['ro'] : []), `tmpfs-mode=${mode}`];
    return ['--mount', mountFields([...fields, ...more])];
  }
  // Native code may be unpacked there, which neither engine would let run unless told.
  const options = [readOnly ? 'ro' : 'rw,exec', 'nosuid', 'nodev', `mode=${mode}`, ...more];
  return ['--tmpfs', `${path}:${options.join(',')}`];
}

export function dialectOf(engine: {
  readonly kind: EngineKind;
  readonly rootless: boolean;
}): Dialect {
  return engine.kind === 'podman' ? podman(engine) : docker(engine);
}
