import { chmodSync, chownSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Launched, Launcher, LaunchOrder } from '@skein/executors';
import { identifyProcess } from '@skein/journal';
import { fail, succeed } from '@skein/model';
import type { ResolvedImage, Result, TaskOptions } from '@skein/model';
import { listen } from './channel.ts';
import { Container } from './container.ts';
import { labelsOf, nameIn } from './container-labels.ts';
import { Lookout } from './container-mounts.ts';
import type { Sight } from './container-mounts.ts';
import { ContainerReaper } from './container-reaper.ts';
import { markContainers, unmarkContainers } from './containers-mark.ts';
import type { ContainerUser } from './dialect.ts';
import type { Engine } from './engine.ts';
import { hiddenByUmask, unreadable, wrongUser } from './launch-failures.ts';
import { ImagePresence } from './image-presence.ts';
import type { PresentImage } from './image-presence.ts';
import { layOutBare, layOutNode, RUN } from './node-kit.ts';
import type { NodeKit } from './node-kit.ts';
import type { ContainerPlan, Mount } from './run-arguments.ts';

export interface ContainerLauncherSettings {
  readonly engine: Engine;
  /** Who the worker is. Default: the caller; for root, nobody. */
  readonly user?: ContainerUser | undefined;
  /** Network of a task that has any. Default: the engine's own. */
  readonly networkMode?: string | undefined;
  /** More flags of the engine's `run`. */
  readonly runArgs?: readonly string[] | undefined;
  /** Registries (`host:port`) that podman speaks to without TLS; Docker's daemon has its list. */
  readonly insecureRegistries?: readonly string[] | undefined;
  /** How long the engine may take until a worker is there. Default: two minutes. */
  readonly startMs?: number | undefined;
  /** A line of progress while an image is pulled. */
  readonly pulling: (line: string) => void;
  /** Starts what runs in no image. */
  readonly machine: Launcher;
}

/** Nobody, by the number that every distribution gives it. */
const NOBODY: ContainerUser = { uid: 65_534, gid: 65_534 };
/** What engines put into an environment besides the image's own and what they are told. */
const ADDED = ['container', 'HOSTNAME', 'TERM'];
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'];
const START_MS = 120_000;
const CHANNEL = 'SKEIN_CHANNEL';
const COMPILE_CACHE = 'NODE_COMPILE_CACHE';

/** Starts each worker in a container of its own, by podman or Docker. */
export class ContainerLauncher implements Launcher {
  readonly name = 'container';
  readonly #settings: ContainerLauncherSettings;
  readonly #user: ContainerUser;
  readonly #images: ImagePresence;
  readonly #lookout = new Lookout();
  readonly #living = new Set<Container>();
  #isLeft = false;
  #quarters: Quarters | undefined;

  constructor(settings: ContainerLauncherSettings) {
    this.#settings = settings;
    this.#user = settings.user ?? defaultUser();
    this.#images = new ImagePresence(settings.engine, {
      insecureRegistries: settings.insecureRegistries ?? [],
      onLine: settings.pulling,
    });
  }

  launch(order: LaunchOrder): Launched {
    const { image } = order;
    if (image === undefined) return this.#settings.machine.launch(order);
    try {
      return this.#launch(order, image);
    } catch (error) {
      return neverLaunched(error instanceof Error ? error.message : String(error));
    }
  }

  cannotHonour({ resources }: TaskOptions): readonly string[] {
    const { engine } = this.#settings;
    return resources.gpu && !engine.limits.gpu ? ['resources.gpu'] : [];
  }

  async close(): Promise<void> {
    this.#images.close();
    for (const container of this.#living) container.kill();
    await Promise.all(Array.from(this.#living, (container) => container.ended));
    if (this.#quarters !== undefined) {
      await this.#quarters.reaper.close();
      // The next command looks for those that are left where a mark is.
      if (!this.#isLeft) await unmarkContainers(this.#quarters.pool);
    }
    await this.#settings.machine.close();
  }

  #launch(order: LaunchOrder, image: ResolvedImage): Launched {
    const { engine } = this.#settings;
    const refused = refusalOf(order, this.#user);
    if (refused !== undefined) return neverLaunched(refused);
    const { reaper, pool } = this.#quartersIn(dirname(order.scratch));
    const owner = process.getuid?.() === 0 ? this.#user : undefined;
    if (owner !== undefined) {
      chownSync(order.scratch, owner.uid, owner.gid);
      openTo(owner, dirname(order.bundle.path));
    }
    const sight = this.#lookout.sightOf(order);
    const folder = `${order.scratch}-channel`;
    const channel = listen(folder, owner);
    const kit = this.#kitFor(image);
    const name = nameIn(pool, /\d+$/.exec(basename(order.scratch))?.[0] ?? '0');
    // Filled before the container starts, so before its worker is told anything.
    const drop: string[] = [];
    const plan = this.#images.ensure(image).then((present): Result<ContainerPlan> => {
      if (!present.ok) return fail(present.failure);
      drop.push(...droppedFrom(order, present.value));
      const run: Mount = { source: folder, target: RUN };
      const mounts = [...sight.mounts, ...kit.mounts, run];
      return succeed(this.#planFor({ order, image, sight, mounts, name, kit }));
    });
    const container = new Container({
      engine,
      name,
      scratch: order.scratch,
      channel,
      limited: order.limits.memoryBytes !== undefined,
      containment: {
        outbox: join(order.scratch, 'outbox'),
        mounts: sight.mounts.map(({ source }) => source),
        network: order.network,
        cpuLimited: engine.limits.cpu && (order.resources.cpu ?? 0) > 0,
        nodeProgram: kit.program,
        drop,
      },
      plan,
      held: (pid) => reaper.watch(pid),
      released: (pid) => reaper.forget(pid),
      startMs: this.#settings.startMs ?? START_MS,
    });
    this.#living.add(container);
    void container.ended.then(() => {
      this.#isLeft ||= container.isLeft;
      this.#living.delete(container);
    });
    return container;
  }

  #planFor({ order, image, sight, mounts, name, kit }: Draft): ContainerPlan {
    const { networkMode, runArgs = [], engine } = this.#settings;
    const { heapMebibytes, entry, bundle, environment, network, resources, devices } = order;
    const flags = heapMebibytes === 0 ? [] : [`--max-old-space-size=${heapMebibytes}`];
    const given = engine.limits.gpu ? (devices ?? []) : [];
    const cache = sight.compileCache;
    return {
      name,
      labels: labelsOf({
        pool: dirname(order.scratch),
        owner: identifyProcess(process.pid),
      }),
      image: image.reference,
      user: this.#user,
      cwd: bundle.cwd,
      hidden: sight.hidden,
      mounts,
      variables: {
        ...environment.visible,
        ...(given.length > 0 && { CUDA_VISIBLE_DEVICES: given.map((_, at) => at).join(',') }),
        ...(cache !== undefined && { [COMPILE_CACHE]: cache }),
        [CHANNEL]: `${RUN}/channel`,
      },
      network,
      networkMode,
      resources,
      devices: given,
      runArgs,
      command: [...kit.command, ...flags, entry],
    };
  }

  #kitFor(image: ResolvedImage): StartKit {
    const quarters = this.#quarters;
    if (quarters === undefined) throw new Error('there is no pool yet');
    if (image.node === undefined) {
      quarters.kit ??= layOutNode(join(quarters.pool, 'kit'));
      return quarters.kit;
    }
    quarters.bare ??= { mounts: layOutBare(join(quarters.pool, 'bare')), command: ['node'] };
    return quarters.bare;
  }

  #quartersIn(pool: string): Quarters {
    if (this.#quarters === undefined) {
      const { engine } = this.#settings;
      markContainers(pool, engine.path);
      const reaper = new ContainerReaper(engine, pool);
      this.#quarters = { pool, reaper, kit: undefined, bare: undefined };
    }
    return this.#quarters;
  }
}

type StartKit = Pick<NodeKit, 'mounts' | 'command'> & Partial<Pick<NodeKit, 'program'>>;

/** What the containers of one pool have in common. */
interface Quarters {
  /** The pool's scratch folder. */
  readonly pool: string;
  readonly reaper: ContainerReaper;
  kit: NodeKit | undefined;
  bare: StartKit | undefined;
}

interface Draft {
  readonly order: LaunchOrder;
  readonly image: ResolvedImage;
  readonly sight: Sight;
  readonly mounts: readonly Mount[];
  readonly name: string;
  readonly kit: StartKit;
}

/** Never root: who is root here becomes nobody there. */
function defaultUser(): ContainerUser {
  const uid = process.getuid?.() ?? 0;
  return uid === 0 ? NOBODY : { uid, gid: process.getgid?.() ?? uid };
}

function refusalOf(order: LaunchOrder, user: ContainerUser): string | undefined {
  const uid = process.getuid?.();
  if (process.platform !== 'linux' || uid === undefined) {
    return `actions run in containers on Linux only, this is ${process.platform}`;
  }
  if (uid !== 0) return uid === user.uid ? undefined : wrongUser(uid, user);
  if (!mayRead(order.bundle.root, user)) return unreadable(order.bundle.root, user);
  const umask = process.umask();
  return user.uid !== 0 && (umask & 0o005) !== 0 ? hiddenByUmask(umask, user) : undefined;
}

/** Bundles were once made for their owner alone. */
function openTo(user: ContainerUser, folder: string): void {
  if (!mayRead(folder, user)) chmodSync(folder, 0o755);
}

/** Whether the folder, which is mounted without those above it, lets the user in. */
function mayRead(folder: string, { uid, gid }: ContainerUser): boolean {
  const stats = statSync(folder);
  const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
  return uid === 0 || ((stats.mode >> shift) & 0o5) === 0o5;
}

function droppedFrom({ environment }: LaunchOrder, image: PresentImage): readonly string[] {
  const names = [...ADDED, ...PROXIES, ...PROXIES.map((name) => name.toLowerCase())];
  return names.filter(
    (name) => !Object.hasOwn(environment.visible, name) && !image.variables.has(name),
  );
}

function neverLaunched(error: string): Launched {
  const channel = Promise.reject<never>(new Error(error));
  channel.catch(() => undefined);
  return {
    pid: undefined,
    channel,
    stdout: null,
    stderr: null,
    ended: Promise.resolve({ code: null, signal: null, error }),
    kill: () => undefined,
  };
}
