import type { DepotFrame } from './depot-frame.ts';
import { gcDepot } from './depot-gc.ts';
import { RightsNx } from './depot-nx.ts';
import { revokeWriter } from './depot-revoke.ts';
import { RightsShare } from './depot-share.ts';
import { surveyEntries, surveyItems, surveyStats } from './depot-survey.ts';
import { DepotTokens } from './depot-tokens.ts';
import { verifyDepot } from './depot-verify.ts';
import type { Depot, DepotOptions } from './depot.ts';
import type { ObjectStore } from './objects.ts';
import { Revocations } from './revocations.ts';
import { told, toldAll } from './shared-trouble.ts';
import type { ShareLimits } from './shared-store.ts';
import { Verified } from './verified.ts';
import { Writers } from './writers.ts';

const LIMITS: ShareLimits = {
  keys: 2_000,
  batchBytes: 32 << 20,
  entryBytes: 8 << 20,
  blobBytes: 8 * 1024 ** 3,
};

/**
 * The depot that lies in the objects. Several processes may open one: each sees what the others did
 * at once on disk; on S3 revocations and new keys within 5 seconds.
 *
 * Behind a server clients reach it with the rights of their token, and cannot do otherwise. Who
 * opens a bucket itself holds the credentials of the bucket: scopes and immutability are then kept
 * by agreement among honest clients, and only signatures by pinned keys (with `unsigned` left
 * false) prove who wrote an entry.
 */
export function openDepot(objects: ObjectStore, options: DepotOptions): Depot {
  const { clock, randomness, unsigned = false, limits } = options;
  const frame: DepotFrame = {
    objects,
    clock,
    randomness,
    unsigned,
    limits: { ...LIMITS, ...limits },
    revocations: new Revocations(objects, options),
    writers: new Writers(objects),
    verified: new Verified(objects),
  };
  const tokens = new DepotTokens(objects, options);
  return {
    objects,
    tokens,
    as: (rights) => new RightsShare(frame, rights),
    nx: (rights) => new RightsNx(frame, rights),
    list: (filter = {}, asking = {}) => toldAll(surveyItems(frame, filter, asking)),
    inspect: (key, filter = {}, asking = {}) =>
      toldAll(surveyEntries(frame, key, { filter, ...asking })),
    stats: (filter = {}, asking = {}) => told(() => surveyStats(frame, filter, asking)),
    verify: (request = {}) => told(() => verifyDepot(frame, request)),
    revokeWriter: (who, asking = {}) => told(() => revokeWriter(frame, tokens, { who, ...asking })),
    gc: (request = {}) => told(() => gcDepot(frame, request)),
  };
}
