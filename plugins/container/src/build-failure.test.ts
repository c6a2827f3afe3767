import { expect, test } from 'vitest';
import { failedBuild } from './build-failure.ts';

const pip = {
  title: 'pip: numpy==9 pandas==2.2',
  parts: ['numpy==9', 'pandas==2.2'],
  instruction: 'RUN …',
  isLayer: true,
};

test('a failed build names the step and, of several packages, the one that is blamed', () => {
  const output = [
    'Collecting pandas==2.2',
    'ERROR: Could not find a version that satisfies the requirement numpy==9',
    'ERROR: No matching distribution found for numpy==9',
  ];
  expect(failedBuild({ image: 'training', step: pip, output })).toEqual({
    code: 'image-build',
    kind: 'usage',
    headline: 'the image "training" cannot be built',
    facts: [
      ['step', 'pip: numpy==9'],
      ['its output', output.join('\n')],
    ],
    hint: 'see that the package exists in this version for the base image, and try it there',
  });
});

test('a base image without the tool is told apart from a package that is not there', () => {
  const output = ['/bin/sh: python3: not found'];
  const { facts, hint } = failedBuild({ image: 'training', step: pip, output });
  expect(facts[0]).toEqual(['step', 'pip: numpy==9 pandas==2.2']);
  expect(hint).toBe(
    'start from an image that has "python3 -m pip", or install it in a step before',
  );
});

test('a registry that is not reached is told apart from a package that is not there', () => {
  const output = ["E: Temporary failure resolving 'mirror.invalid'"];
  expect(failedBuild({ image: 'training', step: pip, output }).hint).toBe(
    'see that a build on this machine reaches the package registry',
  );
});

test('of a long output the end is shown', () => {
  const output = Array.from({ length: 50 }, (_, index) => `line ${index}`);
  const step = { title: 'run: make', parts: [], instruction: 'RUN make', isLayer: true };
  const { facts } = failedBuild({ image: 'x', step, output });
  expect(facts[1]?.[1].split('\n')).toEqual(output.slice(-20));
});
