import type { ClientRequest, IncomingMessage } from 'node:http';
import { createReadStream } from 'node:fs';
import { type Readable, Transform } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { SharedStoreError } from '@skein/store';
import type { HttpAnswer, HttpBody, HttpCall, HttpPatience } from './http-call.ts';
import type { Timers } from './timers.ts';
import type { Traffic } from './traffic.ts';
import { Watchdog } from './watchdog.ts';

/** The connection had been kept, and was closed before it answered. */
export class StaleConnection extends Error {}

interface ExchangeOptions {
  readonly timers: Timers;
  readonly patience: HttpPatience;
  readonly traffic: Traffic;
}

const FILE_PIECE_BYTES = 256 * 1024;

/** One request and its answer, watched from the first to the last byte. */
export class Exchange {
  readonly #outgoing: ClientRequest;
  readonly #call: HttpCall;
  readonly #options: ExchangeOptions;
  readonly #watchdog: Watchdog;
  #file: Readable | undefined;
  /** What ends with an error now: the request, later the body of the answer. */
  #fail: (error: SharedStoreError) => void;
  readonly #abort = (): void => {
    this.#fail(new SharedStoreError('timeout', 'the request was given up'));
  };

  constructor(outgoing: ClientRequest, call: HttpCall, options: ExchangeOptions) {
    this.#outgoing = outgoing;
    this.#call = call;
    this.#options = options;
    this.#fail = (error) => outgoing.destroy(error);
    this.#watchdog = new Watchdog(options.timers, (what) => {
      this.#fail(new SharedStoreError('timeout', `the server ${what}`));
    });
  }

  /** Rejects with a `SharedStoreError`, or with `StaleConnection` unless it is the last try. */
  answer(isLast: boolean): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const outgoing = this.#outgoing;
    const { signal } = this.#call;
    let answered = false;
    outgoing.on('response', (incoming) => {
      answered = true;
      this.#stopSending();
      const type = (incoming.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
      const body = this.#receive(incoming);
      resolve({ status: incoming.statusCode ?? 0, type: type.toLowerCase(), body });
    });
    outgoing.on('error', (error) => {
      if (!answered) this.#ended();
      const isStale = outgoing.reusedSocket && !answered && !isLast && isReset(error);
      reject(isStale ? new StaleConnection() : troubleOf(error));
    });
    signal?.addEventListener('abort', this.#abort);
    if (signal?.aborted === true) this.#abort();
    else this.#send(this.#call.body);
    return promise;
  }

  #send(body: HttpBody | undefined): void {
    const outgoing = this.#outgoing;
    const { answerMs, connectMs, stallMs } = this.#options.patience;
    const connected = (): void => {
      if (body?.kind === 'file' && !outgoing.writableFinished) {
        const isFull = (): boolean => outgoing.writableNeedDrain;
        this.#watchdog.pace(stallMs, 'takes nothing more', () => !isFull());
      } else this.#watchdog.expect(answerMs, 'does not answer');
    };
    outgoing.on('socket', (socket) => {
      if (!socket.connecting) return connected();
      this.#watchdog.expect(connectMs, 'does not accept the connection');
      socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', connected);
    });
    outgoing.on('finish', () => {
      if (body?.kind === 'file') this.#watchdog.expect(answerMs, 'does not answer');
    });
    if (body?.kind === 'file' && body.size > 0) this.#sendFile(body.path, body.size);
    else outgoing.end(body?.kind === 'bytes' ? body.bytes : undefined);
    if (body?.kind === 'bytes') this.#options.traffic.up += body.bytes.byteLength;
  }

  /** No more of it than was announced, should it grow meanwhile. */
  #sendFile(path: string, size: number): void {
    const file = createReadStream(path, { end: size - 1, highWaterMark: FILE_PIECE_BYTES });
    this.#file = file;
    file.on('data', (piece) => {
      this.#options.traffic.up += piece.length;
      this.#watchdog.moved(piece.length);
    });
    file.on('error', (error) => {
      this.#fail(new SharedStoreError('refused', error.message, { cause: error }));
    });
    file.pipe(this.#outgoing);
  }

  #stopSending(): void {
    this.#file?.unpipe(this.#outgoing);
    this.#file?.destroy();
  }

  /** The body, which ends with an error where it breaks off or does not get on. */
  #receive(incoming: IncomingMessage): Readable {
    const { traffic, patience } = this.#options;
    const body = new Transform({
      transform: (piece: Uint8Array, _encoding, done) => {
        traffic.down += piece.byteLength;
        this.#watchdog.moved(piece.byteLength);
        done(null, piece);
      },
    });
    this.#fail = (error) => body.destroy(error);
    // A reader that takes its time is no fault of the server's.
    const isWaited = (): boolean => body.writableNeedDrain;
    this.#watchdog.pace(patience.stallMs, 'goes on too slowly', isWaited);
    incoming.on('error', (error) => body.destroy(troubleOf(error)));
    incoming.once('end', () => this.#watchdog.stop());
    body.once('close', () => {
      this.#ended();
      // What was not read to its end, or answered before it was sent, is no use to anyone else.
      if (!incoming.complete || !this.#outgoing.writableFinished) this.#outgoing.destroy();
    });
    // Whoever gave the body up does not listen any more.
    body.on('error', () => undefined);
    return incoming.pipe(body);
  }

  #ended(): void {
    this.#watchdog.stop();
    this.#stopSending();
    this.#call.signal?.removeEventListener('abort', this.#abort);
  }
}

function isReset(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** An error of a connection; what it says holds an address at most. */
function troubleOf(error: Error): SharedStoreError {
  if (error instanceof SharedStoreError) return error;
  const code = 'code' in error ? error.code : undefined;
  // What the parser of HTTP says: https://nodejs.org/api/errors.html
  const isGarbage = typeof code === 'string' && code.startsWith('HPE_');
  const said = tlsTrouble(error.message) ?? error.message;
  return new SharedStoreError(isGarbage ? 'garbage' : 'unreachable', said, { cause: error });
}

/** `write EPROTO 40…:error:0A00010B:SSL routines:tls_validate_record_header:wrong version …`. */
function tlsTrouble(message: string): string | undefined {
  const [, said] = /:SSL routines:[^:]*:([^:]+)/.exec(message) ?? [];
  if (said === undefined) return undefined;
  return said === 'wrong version number' ? 'the server speaks no TLS' : `TLS failed: ${said}`;
}
