import type { LinkRequest } from './link.ts';
import type { KeptSource } from './record.ts';

/** All modules of an entry with their imports resolved, and which of them are not as before. */
export interface Resolved extends Pick<
  LinkRequest,
  'modules' | 'data' | 'graphDigest' | 'watched'
> {
  readonly find: (path: string) => KeptSource | undefined;
  readonly edited: ReadonlyMap<string, KeptSource>;
  readonly effectFree: (path: string) => boolean;
}
