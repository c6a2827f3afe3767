import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers';
import type { OutputSink } from './settings.ts';

/** What a subprocess leaves behind may hold a pipe open for ever. */
const DRAIN_MS = 200;

/** How Node keeps the streams of a subprocess: `null` for what it does not talk to. */
interface Streams {
  stdout: Readable | null;
  stderr: Readable | null;
  stdio: (Readable | null)[];
}

/**
 * Takes what comes out of pipes to the sink, and hides the pipes: the author asked for none. The
 * end of the subprocess is told when they were read, for then all that it printed is known.
 */
export function forwardOutput(
  child: ChildProcess,
  redirected: ReadonlyMap<number, 'stdout' | 'stderr'>,
  sink: OutputSink,
): void {
  const streams = child as unknown as Streams;
  const hidden: Readable[] = [];
  for (const [index, name] of redirected) {
    const stream = streams.stdio[index];
    if (stream === undefined || stream === null) continue;
    streams.stdio[index] = null;
    if (index === 1) streams.stdout = null;
    if (index === 2) streams.stderr = null;
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => sink(name, text));
    stream.on('error', () => undefined);
    hidden.push(stream);
  }
  if (hidden.length > 0) tellEndAfter(child, hidden, streams);
}

/** Node tells of the exit before pipes are read, and of the close when all of them are closed. */
function tellEndAfter(
  child: ChildProcess,
  hidden: readonly Readable[],
  { stdio }: Pick<Streams, 'stdio'>,
): void {
  const emit = child.emit.bind(child) as (...args: unknown[]) => boolean;
  const shown = stdio.filter((it) => it !== null && it !== undefined);
  let drained: Promise<unknown> | undefined;
  let closed = false;
  const close = (args: readonly unknown[]): void => {
    if (closed) return;
    closed = true;
    emit('close', ...args);
  };
  const tell = (event: unknown, ...args: unknown[]): boolean => {
    if (event === 'exit') {
      drained = within(DRAIN_MS, Promise.all(hidden.map(hasClosed)));
      void drained.then(async () => {
        emit('exit', ...args);
        await Promise.all(shown.map(hasClosed));
        close(args);
      });
      return true;
    }
    if (event !== 'close') return emit(event, ...args);
    if (drained === undefined) close(args);
    else void drained.then(() => setImmediate(close, args));
    return true;
  };
  Object.defineProperty(child, 'emit', { value: tell, configurable: true, writable: true });
}

function hasClosed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) resolve();
    else stream.once('close', () => resolve());
  });
}

function within(ms: number, done: Promise<unknown>): Promise<unknown> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
