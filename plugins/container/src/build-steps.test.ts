import type { ImageRecipe } from '@skein/model';
import { describe, expect, test } from 'vitest';
import { buildSteps, containerfileOf } from './build-steps.ts';

const nothing: ImageRecipe = {
  from: 'debian:12',
  apt: [],
  npm: [],
  pip: [],
  copy: [],
  env: {},
  run: [],
};
const digest = `sha256:${'a'.repeat(64)}`;
const reference = `docker.io/library/debian@sha256:${'b'.repeat(64)}`;

function textOf(recipe: Partial<ImageRecipe>, staged: readonly string[] = []): string {
  const base = { name: 'debian:12', reference, digest: `sha256:${'b'.repeat(64)}` };
  const request = { recipe: { ...nothing, ...recipe }, base, digest, root: '/w' };
  return containerfileOf(buildSteps(request, staged));
}

/** The instructions between the base and the label. */
function instructions(recipe: Partial<ImageRecipe>, staged?: readonly string[]): string[] {
  return textOf(recipe, staged).trimEnd().split('\n').slice(2, -1);
}

function lineOf(instruction: string | undefined): unknown {
  const list: unknown = JSON.parse((instruction ?? '').replace(/^RUN /, ''));
  return Array.isArray(list) ? list.at(-1) : undefined;
}

describe('the Containerfile of a recipe', () => {
  test('Q6: starts from the digest of the base and never from its tag', () => {
    expect(textOf({})).toBe(`FROM ${reference}\nUSER 0:0\nLABEL dev.skein.recipe=${digest}\n`);
  });

  test('takes its steps in the order of the recipe’s fields', () => {
    const recipe = {
      run: ['make', 'make install'],
      env: { B: '2', A: '1' },
      copy: [{ from: 'src', to: '/src' }],
      pip: ['numpy==2.1'],
      npm: ['tsx@4.0.0'],
      apt: ['git'],
    };
    const words = instructions(recipe, ['files/0']).map((it) => it.split(' ')[0]);
    expect(words).toEqual(['RUN', 'RUN', 'RUN', 'COPY', 'ENV', 'RUN', 'RUN']);
  });

  test('apt installs no more than it is told, and leaves no lists', () => {
    expect(lineOf(instructions({ apt: ['git', 'curl=7.88'] })[0])).toBe(
      'apt-get update\n' +
        'DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends' +
        " -- 'git' 'curl=7.88'\n" +
        'rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/ldconfig/aux-cache' +
        ' /var/log/apt /var/log/dpkg.log /var/log/alternatives.log',
    );
  });

  test('npm installs globally, pip without a cache', () => {
    const [npm, pip] = instructions({ npm: ['@acme/x@1.2.3'], pip: ['numpy==2.1', "a'b"] });
    expect(lineOf(npm)).toBe(
      'npm install --global --no-audit --no-fund --cache /tmp/skein-npm' +
        " -- '@acme/x@1.2.3'\nrm -rf /tmp/skein-npm",
    );
    expect(lineOf(pip)).toBe(
      'PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1' +
        String.raw` python3 -m pip install --no-cache-dir -- 'numpy==2.1' 'a'\''b'`,
    );
  });

  test('a line of several lines, or with a here-document, stays one instruction', () => {
    const line = 'cat <<EOF \\\n  > /x\n"$HOME"\nEOF';
    const [run, ...more] = instructions({ run: [line] });
    expect(more).toEqual([]);
    expect(run?.startsWith('RUN ["/bin/sh","-e","-c",')).toBe(true);
    expect(lineOf(run)).toBe(line);
  });

  test('variables are one instruction, in one order, with $NAME for those before it', () => {
    const env = { PATH: '/opt/bin:$PATH', A: String.raw`\$5 "q" C:\x` };
    expect(instructions({ env })).toEqual([
      String.raw`ENV A="\$5 \"q\" C:\\x" PATH="/opt/bin:$PATH"`,
    ]);
  });

  test('what is copied is taken from where it was laid out, a dollar sign as itself', () => {
    const copy = [{ from: 'a b/$x', to: '/opt/$x y' }];
    expect(instructions({ copy }, ['files/0/file'])).toEqual([
      String.raw`COPY ["files/0/file","/opt/\\$x y"]`,
    ]);
  });
});
