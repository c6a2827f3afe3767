import { pathToFileURL } from 'node:url';
import { authorFrames } from '@skein/sdk';
import type { OpenRegistry } from '@skein/sdk';
import { FailureError, fail, succeed } from '@skein/model';
import type { Failure, Result, TaskRow } from '@skein/model';
import type { BundleLocation } from './executor.ts';
import { announceBundle } from './module-hooks.ts';
import { placeStack } from './thrown.ts';

/** Evaluates a bundle; the table of tasks it declares (Q1), or why it cannot be had. */
export async function loadBundle(
  bundle: BundleLocation,
  registry: OpenRegistry,
): Promise<Result<readonly TaskRow[]>> {
  const { href } = pathToFileURL(bundle.path);
  announceBundle(href, bundle.root);
  try {
    await import(/* @vite-ignore */ href);
    return succeed(registry.rows());
  } catch (error) {
    return fail(loadFailure(error, bundle));
  }
}

function loadFailure(error: unknown, bundle: BundleLocation): Failure {
  if (error instanceof FailureError) return error.failure;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = authorFrames(stack).map((frame) => placeStack(frame, bundle.root).trim());
  return {
    code: 'task-load-failed',
    kind: 'diagnostic',
    headline: `'${bundle.entry}' does not load`,
    facts: [
      ['error', message],
      ...frames.map((frame, index) => [index === 0 ? 'at' : '', frame.replace(/^at /, '')] as const),
    ],
    hint: 'what stands at the top level of a module runs when a worker loads it',
  };
}
