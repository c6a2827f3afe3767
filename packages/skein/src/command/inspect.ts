import inspector from 'node:inspector';
import { fail, succeed, type Result } from '@skein/model';
import { flagValue } from './usage.ts';

/** Where a debugger finds this process. */
export interface InspectorPlace {
  readonly host: string;
  readonly port: number;
}

const DEFAULT: InspectorPlace = { host: '127.0.0.1', port: 9229 };
const LAST_PORT = 65_535;

/** `--inspect`, `--inspect=9230`, `--inspect=127.0.0.1:9230`, as Node reads them. */
export function readPlace(text: string | undefined): Result<InspectorPlace> {
  if (text === undefined) return succeed(DEFAULT);
  const [, host, digits] = /^(?:(.+):)?(\d+)$/.exec(text) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && port <= LAST_PORT) {
    return succeed({ host: host ?? DEFAULT.host, port });
  }
  return fail(flagValue('inspect', { given: `"${text}"`, wanted: '<port> or <host:port>' }));
}

/**
 * Opens the inspector, waits for a debugger, and lets it stop whenever `fn` is called: at its first
 * line, in the author's file, by the bundle's source map. Returns what closes it again. Throws what
 * Node does where the port is taken.
 */
export function waitAtStart(
  { host, port }: InspectorPlace,
  fn: (...args: never[]) => unknown,
  opened: (url: string) => void,
): () => void {
  inspector.open(port, host);
  opened(inspector.url() ?? '');
  inspector.waitForDebugger();
  const session = new inspector.Session();
  session.connect();
  // A name that only this process's own debugger session looks up, for as long as that takes.
  const slots = globalThis as unknown as Record<string, unknown>;
  slots[SLOT] = fn;
  session.post('Debugger.enable');
  session.post('Runtime.evaluate', { expression: SLOT }, (_error, found) => {
    const { objectId } = found?.result ?? {};
    if (objectId === undefined) return;
    session.post('Debugger.setBreakpointOnFunctionCall', { objectId });
  });
  delete slots[SLOT];
  return () => {
    session.disconnect();
    inspector.close();
  };
}

const SLOT = '__skeinReplayed';
