import type { TaskOptions } from '@skein/model';

/** Names of the given options that no process of this machine can be held to. */
export function notHonouredByProcesses(options: TaskOptions): readonly string[] {
  const { resources } = options;
  const container = options.isolation === 'container' ? options.isolation : undefined;
  const given: readonly (readonly [name: string, value: unknown])[] = [
    ['isolation', container],
    ['resources.shm', resources.shmBytes],
  ];
  return given.filter(([, value]) => value !== undefined).map(([name]) => name);
}

/** Of those, and of what it takes a process of one's own for, that the coordinator is not. */
export function notHonouredInline(options: TaskOptions): readonly string[] {
  const { timeout, resources, reuse } = options;
  const { replicas, concurrency, idleTtlMs } = reuse === false ? {} : reuse;
  const given: readonly (readonly [name: string, value: unknown])[] = [
    ['timeout.run', timeout.runMs],
    ['timeout.deadline', timeout.deadlineMs],
    ['resources.memory', resources.memoryBytes],
    ['resources.gpu', resources.gpu === 0 ? undefined : resources.gpu],
    ['resources.disk', resources.diskBytes],
    ['reuse', reuse === false ? reuse : undefined],
    ['reuse.replicas', replicas],
    ['reuse.concurrency', concurrency],
    ['reuse.idleTtl', idleTtlMs],
  ];
  const names = given.filter(([, value]) => value !== undefined).map(([name]) => name);
  return [...notHonouredByProcesses(options), ...names];
}
