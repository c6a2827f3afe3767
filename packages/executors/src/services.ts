import type { FileStore, OpenRegistry } from '@skein/sdk';
import type { ArtifactShelf } from './artifact-shelf.ts';
import type { LogListener, ProcessLog } from './process-log.ts';
import type { Secrets } from './secrets.ts';

/** What all actions of one bundle in one process share. */
export interface Services {
  readonly registry: OpenRegistry;
  readonly shelf: ArtifactShelf;
  readonly files: FileStore;
  readonly secrets: Secrets;
  /** Folders that stacks name source files from. */
  readonly sources: readonly string[];
  /** Of the process, whatever bundles it holds (O3). */
  readonly log: ProcessLog;
  /** The log on its way to the coordinator. */
  readonly listener: LogListener;
  /** Checkpoints whose functions ran here, where they could have filled module variables. */
  readonly ran: Set<string>;
  /** Folder in which attempts get their scratch folders. */
  readonly scratch: string;
  /** What code sees as `process.env`; assignments change it for all. */
  readonly variables: {
    readonly visible: Record<string, string | undefined>;
    readonly hidden: Readonly<Record<string, string>>;
  };
  /** It runs in an image, not on the machine itself. */
  readonly contained: boolean;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
}
