import type { FileStore, OpenRegistry } from '@skein/sdk';
import type { ArtifactShelf } from './artifact-shelf.ts';
import type { Secrets } from './secrets.ts';
import type { VariableView } from './variables.ts';

/** What all actions of one bundle in one process share. */
export interface Services {
  readonly registry: OpenRegistry;
  readonly shelf: ArtifactShelf;
  readonly files: FileStore;
  readonly secrets: Secrets;
  /** Workspace root: stacks name files below it by their path from there. */
  readonly root: string;
  /** Folder in which attempts get their scratch folders. */
  readonly scratch: string;
  readonly variables: Pick<VariableView, 'visible' | 'hidden'>;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
}
