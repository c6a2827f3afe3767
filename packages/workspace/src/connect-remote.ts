import type { Failure, Result } from '@skein/model';
import { succeed } from '@skein/model';
import type { Config } from './config.ts';
import type { Opened } from './opened.ts';
import { type RemoteAsked, remoteSettings } from './remote-settings.ts';
import { RunRemote } from './run-remote.ts';

/** What a run has of its remote: nothing is connected yet. */
export interface ConnectedRemote {
  /** Absent: it has none. */
  readonly remote?: RunRemote;
  /** Why it has none, where one could think that it has. */
  readonly warnings: readonly Failure[];
}

/** What is asked of the remote, and whether nothing is to be left there. */
export type RemoteRequest = RemoteAsked & { readonly readOnly?: boolean | undefined };

/**
 * The remote of a run, behind the blobs of the state. Fails where an address or a mode is none; all
 * other trouble with it is no trouble of the run's (D7).
 */
export function connectRemote(
  opened: Opened,
  config: Pick<Config, 'remote'>,
  request: RemoteRequest,
): Result<ConnectedRemote> {
  const { readOnly = false } = request;
  const settings = remoteSettings({
    asked: request,
    environment: opened.environment,
    config: config.remote,
    readOnly,
  });
  if (!settings.ok) return settings;
  if (settings.value.kind === 'off') return succeed({ warnings: settings.value.warnings });
  const chosen = settings.value;
  const remote = new RunRemote(chosen, async (warn) => {
    const { openClient } = await import('./open-client.ts');
    return await openClient(opened, chosen, warn);
  });
  opened.state.reach(remote);
  return succeed({ remote, warnings: [] });
}

/** What a revoked writer shared is not to be met, also where it was taken over long ago. */
export async function greet({ state }: Opened, remote: RunRemote | undefined): Promise<void> {
  if (state.traces.hasLearned()) await remote?.greet();
}
