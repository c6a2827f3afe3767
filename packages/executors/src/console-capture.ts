import { Console } from 'node:console';

/** Takes what is printed on behalf of one action. */
export interface LogSink {
  write(stream: 'stdout' | 'stderr', text: string): void;
  /** A console of its own: indentation, counters and timers of actions do not mix (O9). */
  readonly console: Console;
}

export function consoleOver(write: LogSink['write']): Console {
  const streamOf = (name: 'stdout' | 'stderr'): NodeJS.WritableStream =>
    ({ write: (text: unknown) => write(name, String(text)) }) as never;
  return new Console({
    stdout: streamOf('stdout'),
    stderr: streamOf('stderr'),
    ignoreErrors: false,
    colorMode: false,
  });
}

/**
 * From here on `console.*` and `process.stdout.write` go to the sink of whoever prints, and where
 * they belong to none, where they went before. Returns what undoes it.
 */
export function captureOutput(current: () => LogSink | undefined): () => void {
  const restore = [
    captureConsole(current),
    captureStream('stdout', current),
    captureStream('stderr', current),
  ];
  return () => {
    for (const undo of restore) undo();
  };
}

type Method = (...args: unknown[]) => unknown;

function captureConsole(current: () => LogSink | undefined): () => void {
  const methods = console as unknown as Record<string, Method>;
  const originals = Object.entries(methods).filter(
    ([name, value]) => typeof value === 'function' && name !== 'Console',
  );
  for (const [name, original] of originals) {
    methods[name] = (...args) => {
      const sink = current();
      if (sink === undefined) return original.apply(console, args);
      const method = (sink.console as unknown as Record<string, Method | undefined>)[name];
      return (method ?? original).apply(sink.console, args);
    };
  }
  return () => {
    for (const [name, original] of originals) methods[name] = original;
  };
}

type Done = (error?: Error | null) => void;

function captureStream(name: 'stdout' | 'stderr', current: () => LogSink | undefined): () => void {
  const stream = process[name];
  const own = Object.getOwnPropertyDescriptor(stream, 'write');
  const original = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  const write = (chunk: Uint8Array | string, ...rest: (BufferEncoding | Done | undefined)[]) => {
    const sink = current();
    if (sink === undefined) {
      return original(chunk, ...rest);
    }
    sink.write(name, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    const done = rest.find((argument) => typeof argument === 'function');
    if (done !== undefined) process.nextTick(done);
    return true;
  };
  stream.write = write;
  return () => {
    if (own === undefined) Reflect.deleteProperty(stream, 'write');
    else Object.defineProperty(stream, 'write', own);
  };
}
