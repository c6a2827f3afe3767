import type { Failure } from '@skein/model';
import { renderFailures } from '@skein/view';
import { EXIT } from './io.ts';
import { printJson, type Session } from './session.ts';
import { failureJson } from '@skein/view';

/** An error of the storage or the server, as the stores name them. */
interface Trouble {
  readonly name: 'SharedStoreError' | 'ObjectError';
  readonly trouble: string;
  readonly message: string;
}

/**
 * Works with a shared store; where that does not answer, it is told what it said, and exit 1: no
 * other command line would do better.
 */
export async function askCache(session: Session, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!isTrouble(error)) throw error;
    const failure = troubleFailure(error);
    const { output, json } = session;
    await output.note(renderFailures([failure], output.errorStyle));
    if (json) await printJson(output, failureJson([failure]));
    return EXIT.failed;
  }
}

/** By name: the classes are not loaded before they are needed. */
function isTrouble(error: unknown): error is Trouble {
  if (!(error instanceof Error) || !('trouble' in error)) return false;
  return error.name === 'SharedStoreError' || error.name === 'ObjectError';
}

const HINTS: Readonly<Record<string, string>> = {
  unreachable: 'is it running, and is the address right?',
  unauthorised: 'is the token in SKEIN_REMOTE_TOKEN one of its own, and not revoked?',
  forbidden: 'the token does not allow it: "skein cache-server token create" makes another one',
  full: '"skein cache gc" makes room',
};

function troubleFailure({ trouble, message }: Trouble): Failure {
  const hint = HINTS[trouble];
  return {
    code: 'remote-failed',
    kind: 'environment',
    headline: 'the remote does not answer as it should',
    facts: [
      ['trouble', trouble],
      ['it says', message],
    ],
    ...(hint === undefined ? {} : { hint }),
  };
}
