import { FrameError, ObjectError, SharedStoreError, type ShareTrouble } from '@skein/store';
import { SenderError } from './receive.ts';
import type { RefusalCode } from './reply.ts';
import { TooLong } from './too-long.ts';

/** What went wrong with a request, as far as its client is told. */
export interface Trouble {
  readonly code: RefusalCode;
  readonly message: string;
  /** What the storage said: for the log, never for a client. */
  readonly cause?: string;
  /** Nobody foresaw it: it is reported with its stack. */
  readonly isBug: boolean;
}

const CODES: Readonly<Record<ShareTrouble, RefusalCode>> = {
  unreachable: 'storage-unreachable',
  timeout: 'storage-unreachable',
  'server-error': 'storage-unreachable',
  unauthorised: 'unauthorised',
  forbidden: 'forbidden',
  refused: 'forbidden',
  garbage: 'bad-request',
  full: 'no-room',
};

const OF_STORAGE: Partial<Record<RefusalCode, string>> = {
  'storage-unreachable': 'the storage does not answer',
  'no-room': 'no room',
};

/** Reads what was thrown. A client never sees more of the storage than that it does not answer. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof SharedStoreError) {
    const code = isOfStorage(error) ? 'storage-unreachable' : CODES[error.trouble];
    const message = OF_STORAGE[code];
    if (message === undefined) return { code, message: error.message, isBug: false };
    return { code, message, cause: error.message, isBug: false };
  }
  if (error instanceof TooLong) return { code: 'too-large', message: error.message, isBug: false };
  if (error instanceof SenderError) {
    return { code: 'bad-request', message: error.message, isBug: false };
  }
  if (error instanceof FrameError) {
    const code = error.trouble === 'too-large' ? 'too-large' : 'bad-request';
    return { code, message: error.message, isBug: false };
  }
  return { code: 'storage-unreachable', message: 'the storage does not answer', isBug: true };
}

/** What the storage forbids is forbidden to the server, whatever the token of the client may. */
function isOfStorage({ cause }: SharedStoreError): boolean {
  return cause instanceof ObjectError && cause.trouble === 'forbidden';
}
