import { percentile } from './statistics.ts';
import type { Share } from './load.ts';

/** A line of the table of a load, as it is kept in `results/cache-server.json`. */
export interface LoadRow {
  readonly work: string;
  readonly clients: number;
  readonly requests: number;
  /** Entries, blobs, artifacts. */
  readonly things: number;
  readonly thingsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Of a request, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From the first request to the last answer. */
  readonly wallMs: number;
}

/** The row that the shares of all clients make. Throws where nothing was done. */
export function loadRow(
  work: string,
  { shares, things }: { readonly shares: readonly Share[]; readonly things: number },
): LoadRow {
  const requests = shares.flatMap((share) => share.requests);
  const times = requests.map(({ startedMs, endedMs }) => endedMs - startedMs);
  const [p50Ms, p99Ms] = [percentile(times, 50), percentile(times, 99)];
  if (p50Ms === undefined || p99Ms === undefined) throw new Error(`"${work}" did nothing`);
  const wallMs =
    Math.max(...requests.map((one) => one.endedMs)) -
    Math.min(...requests.map((one) => one.startedMs));
  const perSecond = (amount: number): number => (amount * 1_000) / wallMs;
  return {
    work,
    clients: shares.length,
    requests: requests.length,
    things,
    thingsPerSecond: perSecond(things),
    bytesPerSecond: perSecond(shares.reduce((sum, { bytes }) => sum + bytes, 0)),
    p50Ms,
    p99Ms,
    wallMs,
  };
}
