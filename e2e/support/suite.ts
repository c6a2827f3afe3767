import { afterAll, beforeAll } from 'vitest';
import { openSandbox, type Sandbox, type SandboxRequest } from './sandbox.ts';

/** The sandbox of a suite: opened before its tests, closed after them, whatever happens between. */
export function useSandbox(request: SandboxRequest): Sandbox {
  let opened: Sandbox | undefined;
  beforeAll(async () => {
    opened = await openSandbox(request);
  });
  afterAll(async () => await opened?.close());
  const sandbox = (): Sandbox => {
    if (opened === undefined) throw new Error('the sandbox is not open yet');
    return opened;
  };
  return {
    get folder() {
      return sandbox().folder;
    },
    get root() {
      return sandbox().root;
    },
    get home() {
      return sandbox().home;
    },
    close: async () => await sandbox().close(),
  };
}
