/** What is counted of a request that is over. */
export interface CountedRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** What look-ups are counted by. */
export type LookupKind = 'nx' | 'trace' | 'blob';

/** A number that is what it is at the moment. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly value: number | undefined;
}

const BUCKETS = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];
const METHODS = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PATCH']);

class Duration {
  readonly buckets = BUCKETS.map(() => 0);
  count = 0;
  sum = 0;

  add(seconds: number): void {
    this.count += 1;
    this.sum += seconds;
    const first = BUCKETS.findIndex((most) => seconds <= most);
    if (first < 0) return;
    for (let at = first; at < BUCKETS.length; at += 1) {
      this.buckets[at] = (this.buckets[at] ?? 0) + 1;
    }
  }
}

/** Counters of one serving process, in Prometheus' text format (version 0.0.4). */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, Duration>();
  readonly #lookups = new Map<string, number>();
  #bytesIn = 0;
  #bytesOut = 0;

  request(counted: CountedRequest): void {
    const method = METHODS.has(counted.method) ? counted.method : 'other';
    const { route, status } = counted;
    raise(this.#requests, labels({ method, route, status: String(status) }), 1);
    const duration = this.#durations.get(route) ?? new Duration();
    this.#durations.set(route, duration);
    duration.add(counted.seconds);
    this.#bytesIn += counted.bytesIn;
    this.#bytesOut += counted.bytesOut;
  }

  lookup(kind: LookupKind, hits: number, misses: number): void {
    raise(this.#lookups, labels({ kind, result: 'hit' }), hits);
    raise(this.#lookups, labels({ kind, result: 'miss' }), misses);
  }

  text(gauges: readonly Gauge[]): string {
    const lines = [
      ...counter('skein_cache_requests_total', 'Requests by their answer.', this.#requests),
      ...counter('skein_cache_lookups_total', 'What was asked for, and was there.', this.#lookups),
      ...counter(
        'skein_cache_received_bytes_total',
        'Bytes of bodies received.',
        one(this.#bytesIn),
      ),
      ...counter('skein_cache_sent_bytes_total', 'Bytes of bodies sent.', one(this.#bytesOut)),
      ...this.#durationLines(),
      ...gauges.flatMap(gaugeLines),
    ];
    return `${lines.join('\n')}\n`;
  }

  #durationLines(): readonly string[] {
    const name = 'skein_cache_request_duration_seconds';
    const lines = [...head(name, 'From the headers to the last byte.', 'histogram')];
    for (const [route, { buckets, count, sum }] of this.#durations) {
      for (const [at, most] of BUCKETS.entries()) {
        lines.push(`${name}_bucket${labels({ route, le: String(most) })} ${buckets[at] ?? 0}`);
      }
      lines.push(`${name}_bucket${labels({ route, le: '+Inf' })} ${count}`);
      lines.push(
        `${name}_sum${labels({ route })} ${sum}`,
        `${name}_count${labels({ route })} ${count}`,
      );
    }
    return lines;
  }
}

function raise(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function one(value: number): ReadonlyMap<string, number> {
  return new Map([['', value]]);
}

function counter(name: string, help: string, counts: ReadonlyMap<string, number>): string[] {
  return [...head(name, help, 'counter'), ...[...counts].map(([key, n]) => `${name}${key} ${n}`)];
}

function gaugeLines({ name, help, value }: Gauge): readonly string[] {
  return value === undefined ? [] : [...head(name, help, 'gauge'), `${name} ${value}`];
}

function head(name: string, help: string, type: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

/** The values are ours: patterns and names, without quotes or line breaks. */
function labels(values: Readonly<Record<string, string>>): string {
  return `{${Object.entries(values)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`;
}
