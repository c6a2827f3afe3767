import { pathToFileURL } from 'node:url';
import { authorFrames, installRegistry } from '@skein/sdk';
import type { OpenRegistry } from '@skein/sdk';
import { FailureError, fail, succeed } from '@skein/model';
import type { Failure, Result, TaskRow } from '@skein/model';
import type { BundleLocation } from './executor.ts';
import { announceBundle, importNatively } from './module-hooks.ts';
import { placeStack, sourceFolders } from './thrown.ts';

/** A bundle whose modules were evaluated in this process. */
export interface LoadedBundle {
  readonly registry: OpenRegistry;
  /** The tasks it declares (Q1), or why they cannot be had. */
  readonly table: Result<readonly TaskRow[]>;
}

/** Modules are evaluated once a process, so what they registered is kept as long. */
const loaded = new Map<string, Promise<LoadedBundle>>();
/** Modules register with whoever asked last: one bundle is loaded at a time. */
let previous: Promise<unknown> = Promise.resolve();

/** Evaluates a bundle, once for each path. */
export function loadBundle(bundle: BundleLocation): Promise<LoadedBundle> {
  const { href } = pathToFileURL(bundle.path);
  let loading = loaded.get(href);
  if (loading === undefined) {
    loading = previous.then(() => evaluate(href, bundle));
    previous = loading;
    loaded.set(href, loading);
  }
  return loading;
}

async function evaluate(href: string, bundle: BundleLocation): Promise<LoadedBundle> {
  const registry = installRegistry();
  announceBundle(href, bundle);
  try {
    await importNatively(href);
    return { registry, table: succeed(registry.rows()) };
  } catch (error) {
    return { registry, table: fail(loadFailure(error, bundle)) };
  }
}

function loadFailure(error: unknown, bundle: BundleLocation): Failure {
  if (error instanceof FailureError) return error.failure;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = authorFrames(stack).map((line) => placeStack(line, sourceFolders(bundle)).trim());
  return {
    code: 'task-load-failed',
    kind: 'diagnostic',
    headline: `"${bundle.entry}" does not load`,
    facts: [
      ['error', message],
      ...frames.map((frame): readonly [string, string] => ['at', frame.replace(/^at /, '')]),
    ],
    hint: 'what stands at the top level of a module runs when a worker loads it',
  };
}
