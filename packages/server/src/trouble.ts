import { FrameError, SharedStoreError, type ShareTrouble } from '@skein/store';
import { SenderError } from './receive.ts';
import type { RefusalCode } from './reply.ts';
import { TooLong } from './too-long.ts';

/** What went wrong with a request, as far as its client is told. */
export interface Trouble {
  readonly code: RefusalCode;
  readonly message: string;
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

/** Reads what was thrown. A client never sees more of the storage than that it does not answer. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof SharedStoreError) {
    const code = CODES[error.trouble];
    const message = code === 'storage-unreachable' ? 'the storage does not answer' : error.message;
    return { code, message, isBug: false };
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
