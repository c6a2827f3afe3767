import { expect, test } from 'vitest';
import { ciEnvironment } from './ci-environment.ts';

const github = {
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  GITHUB_STEP_SUMMARY: '/ci/summary',
  GITHUB_WORKSPACE: '/ci/work',
};

test('GitHub takes a summary of a mebibyte, and annotations', () => {
  const maxBytes = 1_048_576;
  expect(ciEnvironment(github, '/app')).toEqual({
    summaries: [{ path: '/ci/summary', maxBytes, variable: 'GITHUB_STEP_SUMMARY' }],
    annotations: { repository: github.GITHUB_WORKSPACE },
  });
});

test.each([undefined, '', '0', 'false', 'False'])('where CI is %j nobody is told', (CI) => {
  expect(ciEnvironment({ ...github, CI }, '/app')).toEqual({ summaries: [] });
});

test('a file of one’s own is written anywhere, relative to where the command is', () => {
  const { summaries, annotations } = ciEnvironment({ SKEIN_SUMMARY: 'out/summary.md' }, '/app');
  expect(summaries).toMatchObject([{ path: '/app/out/summary.md', variable: 'SKEIN_SUMMARY' }]);
  expect(annotations).toBeUndefined();
});

test('a file that is named twice is written once', () => {
  const twice = { ...github, SKEIN_SUMMARY: '/ci/summary' };
  expect(ciEnvironment(twice, '/app').summaries).toMatchObject([{ variable: 'SKEIN_SUMMARY' }]);
  const both = { ...github, SKEIN_SUMMARY: '/elsewhere' };
  expect(ciEnvironment(both, '/app').summaries).toHaveLength(2);
});

test('other CI systems are told nothing of their own', () => {
  expect(ciEnvironment({ CI: 'true', GITLAB_CI: 'true' }, '/app')).toEqual({ summaries: [] });
});
