import { expect, test } from 'vitest';
import { provenanceOf } from './provenance.ts';

const facts = { skein: '1.2.3', user: 'ada', host: 'engine', commit: 'c0ffee', ref: 'main' };

test('by hand it is the user, the machine and what git says', () => {
  expect(provenanceOf({ ...facts, environment: {} })).toEqual(facts);
  expect(provenanceOf({ skein: '1', environment: { CI: 'false' } })).toEqual({ skein: '1' });
});

test('GitHub says whose job it is, of which branch, and where it can be seen', () => {
  const environment = {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'acme/app',
    GITHUB_RUN_ID: '77',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_ACTOR: 'grace',
    GITHUB_SHA: 'feed',
    GITHUB_HEAD_REF: '',
    GITHUB_REF_NAME: 'release',
  };
  expect(provenanceOf({ skein: '1', environment })).toEqual({
    skein: '1',
    user: 'grace',
    commit: 'feed',
    ref: 'release',
    ci: 'https://github.com/acme/app/actions/runs/77',
  });
  const again = { ...environment, GITHUB_RUN_ATTEMPT: '2', GITHUB_HEAD_REF: 'fix' };
  expect(provenanceOf({ ...facts, environment: again })).toMatchObject({
    commit: 'c0ffee',
    ref: 'fix',
    ci: 'https://github.com/acme/app/actions/runs/77/attempts/2',
  });
});

test('GitLab does too, and any other CI at least that it is one', () => {
  const gitlab = {
    GITLAB_CI: 'true',
    GITLAB_USER_LOGIN: 'grace',
    CI_COMMIT_SHA: 'feed',
    CI_COMMIT_REF_NAME: 'main',
    CI_JOB_URL: 'https://gitlab.example.com/jobs/7',
  };
  expect(provenanceOf({ skein: '1', environment: gitlab })).toEqual({
    skein: '1',
    user: 'grace',
    commit: 'feed',
    ref: 'main',
    ci: 'https://gitlab.example.com/jobs/7',
  });
  expect(provenanceOf({ ...facts, environment: { CI: '1' } })).toMatchObject({ ci: 'ci' });
});

test('a password in an address, and what would paint a terminal, is told to nobody', () => {
  const environment = { CI: 'true', BUILD_URL: 'https://me:secret@ci.example.com/job/1' };
  const told = provenanceOf({ ...facts, user: 'a\u001b[2Jda\n', environment });
  expect(told).toMatchObject({ user: 'a [2Jda', ci: 'https://ci.example.com/job/1' });
});
