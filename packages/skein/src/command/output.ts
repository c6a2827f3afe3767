import { styleFor, type Style } from '@skein/view';
import type { CommandIo, OutputStream } from './io.ts';

/** Standard output and standard error, with the style each of them takes. */
export interface Output {
  readonly style: Style;
  readonly errorStyle: Style;
  /** Columns that reports are written for. */
  readonly width: number;
  /** A whole text to standard output, with a line end. */
  print(text: string): Promise<void>;
  /** The same to standard error. */
  note(text: string): Promise<void>;
  close(): void;
}

const WIDTH = 100;

/**
 * A reader that went away (`skein runs | head -1`) is no trouble of the command's: what is written
 * to it is dropped, and the exit code stays that of the work.
 */
export function openOutput({ stdout, stderr, environment }: CommandIo): Output {
  const out = openStream(stdout);
  const err = openStream(stderr);
  return {
    style: styleFor({ environment, isTerminal: stdout.isTTY === true }),
    errorStyle: styleFor({ environment, isTerminal: stderr.isTTY === true }),
    width: Math.max(60, stdout.columns ?? stderr.columns ?? WIDTH),
    print: (text) => out.write(`${text}\n`),
    note: (text) => err.write(`${text}\n`),
    close: () => {
      out.close();
      err.close();
    },
  };
}

function openStream(stream: OutputStream): { write(text: string): Promise<void>; close(): void } {
  let gone = false;
  // Whoever writes is told of every other error; thrown from here it would end the process.
  const onError = (error: Error): void => {
    gone ||= isGone(error);
  };
  stream.on('error', onError);
  return {
    write: (text) =>
      gone
        ? Promise.resolve()
        : new Promise((resolve, reject) => {
            stream.write(text, (error) => {
              if (error && !isGone(error)) reject(error);
              else resolve();
            });
          }),
    close: () => void stream.off('error', onError),
  };
}

const GONE: ReadonlySet<unknown> = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ECONNRESET']);

function isGone(error: Error): boolean {
  return 'code' in error && GONE.has(error.code);
}
