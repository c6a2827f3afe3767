import { expect, test } from 'vitest';
import { readInfo } from './engine-info.ts';

const docker = {
  ServerVersion: '28.2.2',
  CgroupVersion: '2',
  SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless', 'name=cgroupns'],
  MemoryLimit: true,
  CpuCfsQuota: false,
  PidsLimit: true,
  Runtimes: { runc: {}, nvidia: {} },
};
const podman = {
  host: {
    cgroupVersion: 'v1',
    cgroupControllers: ['cpu', 'memory', 'pids'],
    security: { rootless: false },
  },
  version: { Version: '4.3.1' },
};

test('Docker says what it can limit, and whether it has the gpus’ runtime', () => {
  const info = { kind: 'docker', text: JSON.stringify(docker), describesGpus: false } as const;
  expect(readInfo(info)).toEqual({
    version: '28.2.2',
    rootless: true,
    cgroupVersion: 2,
    limits: { memory: true, cpu: false, pids: true, gpu: true },
  });
});

test('podman can limit by its control groups, where they are its own', () => {
  const read = (rootless: boolean): unknown => {
    const text = JSON.stringify({ ...podman, host: { ...podman.host, security: { rootless } } });
    return readInfo({ kind: 'podman', text, describesGpus: true })?.limits;
  };
  expect(read(false)).toEqual({ memory: true, cpu: true, pids: true, gpu: true });
  expect(read(true)).toEqual({ memory: false, cpu: false, pids: false, gpu: true });
});

test.each(['', '{', 'null', '[]', '{"ServerVersion":""}', '{"host":7}'])(
  'of what is no such report nothing is known: %s',
  (text) => {
    for (const kind of ['podman', 'docker'] as const) {
      expect(readInfo({ kind, text, describesGpus: false })).toBe(undefined);
    }
  },
);
