import type { TaskOptions } from '@skein/model';

/** Names of the given options that no process of this machine can be held to. */
export function notHonouredByProcesses(options: TaskOptions): readonly string[] {
  const { resources, reuse } = options;
  const container = options.isolation === 'container' ? options.isolation : undefined;
  const given: readonly (readonly [name: string, value: unknown])[] = [
    ['isolation', container],
    ['resources.gpu', resources.gpu],
    ['resources.disk', resources.diskBytes],
    ['resources.shm', resources.shmBytes],
    ['reuse.replicas', reuse === false ? undefined : reuse.replicas],
    ['reuse.idleTtl', reuse === false ? undefined : reuse.idleTtlMs],
  ];
  return given.filter(([, value]) => value !== undefined).map(([name]) => name);
}
