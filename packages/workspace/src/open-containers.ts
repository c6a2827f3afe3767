import { createContainers, findEngine } from '@skein/container';
import type { Executor, ExecutorSettings } from '@skein/executors';
import type { Result } from '@skein/model';
import { succeed } from '@skein/model';
import type { ContainerConfig } from './container-config.ts';

export interface ContainersSettings extends ExecutorSettings {
  /** A line of what the engine says while it pulls an image. */
  readonly pulling: (line: string) => void;
}

/** The executor that runs actions in containers. Fails with `container-engine`. */
export async function openContainers(
  settings: ContainersSettings,
  config: ContainerConfig | undefined,
): Promise<Result<Executor>> {
  const { environment } = settings;
  const engine = await findEngine({ wanted: config?.engine, environment });
  if (!engine.ok) return engine;
  const [uid, gid] = (config?.user ?? '').split(':').map(Number);
  return succeed(
    createContainers({
      ...settings,
      engine: engine.value,
      ...(uid === undefined || gid === undefined ? {} : { user: { uid, gid } }),
      ...(config?.network === undefined ? {} : { networkMode: config.network }),
      ...(config === undefined
        ? {}
        : { runArgs: config.runArgs, insecureRegistries: config.insecureRegistries }),
    }),
  );
}
