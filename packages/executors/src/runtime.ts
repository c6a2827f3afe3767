import { join } from 'node:path';
import { createFileStore } from '@skein/sdk';
import type { FileStore, OpenRegistry } from '@skein/sdk';
import type { ArtifactShelf } from './artifact-shelf.ts';
import { currentAction } from './running-action.ts';
import type { MadeEnvironment } from './environment.ts';
import type { BundleLocation } from './executor.ts';
import { LazyShelf } from './lazy-shelf.ts';
import { RunningAction } from './running-action.ts';
import type { ActionSettings } from './running-action.ts';
import { outboxFiles, outboxShelf } from './outbox-files.ts';
import type { Custodian } from './outbox-files.ts';
import type { LogListener, ProcessLog } from './process-log.ts';
import { Secrets } from './secrets.ts';
import type { Services } from './services.ts';
import { sourceFolders } from './thrown.ts';

export interface RuntimeSettings {
  readonly registry: OpenRegistry;
  readonly bundle: BundleLocation;
  /** Absolute state directory. */
  readonly state: string;
  /** Artifacts are synced to disk (D2). */
  readonly sync: boolean;
  /** Where this process cannot write the state. Default: straight into it. */
  readonly custodian?: Custodian | undefined;
  /** Folder for the scratch folders of attempts. */
  readonly scratch: string;
  readonly environment: MadeEnvironment;
  /** What the modules found as `process.env`, and may have changed. */
  readonly variables: Services['variables'];
  readonly log: ProcessLog;
  readonly listener: LogListener;
  readonly secrets: readonly string[];
  readonly elapsed: () => number;
}

/** Runs the tasks of one bundle in one environment: the same in every executor. */
export class Runtime {
  readonly #services: Services;

  constructor(settings: RuntimeSettings) {
    const { registry, bundle, scratch, environment, variables, log, listener, elapsed } = settings;
    const { shelf, files } = openStores(settings);
    this.#services = {
      registry,
      shelf,
      files,
      secrets: new Secrets(settings.secrets, environment.visible),
      sources: sourceFolders(bundle),
      scratch,
      variables,
      log,
      listener,
      ran: new Set(),
      contained: settings.custodian !== undefined,
      elapsed,
    };
  }

  get files(): FileStore {
    return this.#services.files;
  }

  action(of: Omit<ActionSettings, 'services'>): RunningAction {
    return new RunningAction({ ...of, services: this.#services });
  }
}

/** A copy that assignments may change. */
export function variablesOf({ visible, hidden }: MadeEnvironment): Services['variables'] {
  return { visible: { ...visible }, hidden };
}

function openStores({ state, sync, custodian }: RuntimeSettings): {
  readonly shelf: ArtifactShelf;
  readonly files: FileStore;
} {
  const shelf = new LazyShelf(state, sync);
  if (custodian === undefined) return { shelf, files: openFiles(state, shelf) };
  return { shelf: outboxShelf(custodian, shelf), files: outboxFiles(custodian) };
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
