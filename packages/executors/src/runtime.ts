import { join } from 'node:path';
import { createFileStore } from '@skein/sdk';
import type { FileStore, OpenRegistry } from '@skein/sdk';
import { currentAction } from './running-action.ts';
import type { MadeEnvironment } from './environment.ts';
import type { BundleLocation } from './executor.ts';
import { LazyShelf } from './lazy-shelf.ts';
import { RunningAction } from './running-action.ts';
import type { ActionSettings } from './running-action.ts';
import { Secrets } from './secrets.ts';
import type { Services } from './services.ts';
import { sourceFolders } from './thrown.ts';

export interface RuntimeSettings {
  readonly registry: OpenRegistry;
  readonly bundle: BundleLocation;
  /** Absolute state directory. */
  readonly state: string;
  /** Folder for the scratch folders of attempts. */
  readonly scratch: string;
  readonly environment: MadeEnvironment;
  readonly secrets: readonly string[];
  readonly elapsed: () => number;
}

/** Runs the tasks of one bundle in one environment: the same in every executor. */
export class Runtime {
  readonly #services: Services;

  constructor(settings: RuntimeSettings) {
    const { registry, bundle, state, scratch, environment, elapsed } = settings;
    const shelf = new LazyShelf(state);
    this.#services = {
      registry,
      shelf,
      files: openFiles(state, shelf),
      secrets: new Secrets(settings.secrets, environment.visible),
      sources: sourceFolders(bundle),
      scratch,
      variables: { visible: { ...environment.visible }, hidden: environment.hidden },
      elapsed,
    };
  }

  get files(): FileStore {
    return this.#services.files;
  }

  /** What code sees as `process.env` while it belongs to no action. */
  get variables(): Services['variables'] {
    return this.#services.variables;
  }

  action(of: Omit<ActionSettings, 'services'>): RunningAction {
    return new RunningAction({ ...of, services: this.#services });
  }
}

/** Files are shared by all processes of a state directory; what is missing is in an artifact. */
function openFiles(state: string, shelf: LazyShelf): FileStore {
  const files: FileStore = createFileStore(join(state, 'files'), {
    fetch: async (digest) => {
      const artifact = await currentAction()?.artifactOf(digest);
      if (artifact === undefined) return false;
      return await shelf.take(artifact, digest, (path) => files.putPath(path));
    },
  });
  return files;
}
