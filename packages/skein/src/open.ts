import type { Result } from '@skein/model';
import * as sdk from '@skein/sdk';
import type { OpenRequest, Workspace } from '@skein/workspace';
import { readVersion } from './version.ts';

/**
 * Opens a workspace whose inline pipelines get the SDK and `run` as `skein`: the names of this
 * package. The engine is loaded on first use.
 */
export async function open(
  request: OpenRequest,
  run: (...args: never[]) => unknown,
): Promise<Result<Workspace>> {
  const { openWorkspace } = await import('@skein/workspace');
  return openWorkspace({ ...request, version: readVersion(), skein: { ...sdk, run } });
}
