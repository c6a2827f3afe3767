import type { Analysis } from '@skein/analysis';
import type { CodeVersion } from '@skein/model';

/**
 * The code of one entry as a run works with it: that of today's sources, or of an earlier run's
 * record.
 */
export interface EntryCode
  extends
    Pick<
      Analysis,
      | 'entry'
      | 'tasks'
      | 'manifests'
      | 'behaviours'
      | 'checkpoints'
      | 'bundleDigest'
      | 'sourceDigest'
      | 'packages'
      | 'warnings'
      | 'symbolSource'
      | 'packageClosure'
      | 'ensureBundle'
    >,
    Partial<Pick<Analysis, 'modules' | 'data'>> {
  /** What the earlier run said of its sources; absent where they are those of today. */
  readonly version?: CodeVersion;
}
