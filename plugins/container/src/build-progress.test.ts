import { expect, test } from 'vitest';
import { readBuilderLine } from './build-progress.ts';
import type { BuildStep } from './build-steps.ts';

const steps: readonly BuildStep[] = [
  { title: 'from: debian:12', parts: [], instruction: 'FROM x', isLayer: true },
  { title: 'user: root', parts: [], instruction: 'USER 0:0', isLayer: false },
  { title: 'run: make', parts: [], instruction: 'RUN make', isLayer: true },
];

function read(text: string): unknown[] {
  return text.split('\n').map((line) => {
    const found = readBuilderLine(line, steps);
    if (found.kind === 'step') return found.index;
    return found.kind === 'output' ? found.line : undefined;
  });
}

test('podman and buildah: steps, output and their own chatter are told apart', () => {
  const log = [
    'STEP 1/3: FROM docker.io/library/debian@sha256:abc',
    'Trying to pull docker.io/library/debian@sha256:abc...',
    'Getting image source signatures',
    'Copying blob sha256:abc',
    'STEP 2/3: USER 0:0',
    '--> 689fa87dbe0',
    'STEP 3/3: RUN make',
    'cc -o x x.c',
    'COMMIT localhost/skein/x:1',
    'Successfully tagged localhost/skein/x:1',
    'a'.repeat(64),
  ];
  const none = undefined;
  expect(read(log.join('\n'))).toEqual([
    0,
    none,
    none,
    none,
    1,
    none,
    2,
    'cc -o x x.c',
    none,
    none,
    none,
  ]);
});

test('Docker: BuildKit counts layers only, and the old builder everything', () => {
  const log = [
    '#1 [internal] load build definition from Containerfile',
    '#1 DONE 0.0s',
    '#5 [1/2] FROM docker.io/library/debian@sha256:abc',
    '#6 [stage-0 2/2] RUN ["/bin/sh","-e","-c","make"]',
    '#6 0.312 cc -o x x.c',
    '#6 ERROR: process "/bin/sh -e -c make" did not complete successfully: exit code: 2',
    'Step 2/3 : USER 0:0',
    ' ---> Running in 0123456789ab',
  ];
  const none = undefined;
  expect(read(log.join('\n'))).toEqual([none, none, 0, 2, 'cc -o x x.c', none, 1, none]);
});
