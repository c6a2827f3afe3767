import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const skein = join(import.meta.dirname, '..', 'packages', 'skein');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-launcher-'));
  cpSync(join(skein, 'bin'), join(folder, 'packages', 'skein', 'bin'), { recursive: true });
  cpSync(join(skein, 'package.json'), join(folder, 'packages', 'skein', 'package.json'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function launch(flags: readonly string[], nodeFlags: readonly string[] = []) {
  const launcher = join(folder, 'packages', 'skein', 'bin', 'skein.cjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeFlags, launcher, ...flags],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

/** A Node that says it is of another version. */
function pretend(version: string): readonly string[] {
  const value = JSON.stringify({ node: version });
  const code = `Object.defineProperty(process,"versions",{value:${value}})`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

describe('the launcher', () => {
  test('answers --version without a build', () => {
    const { version } = JSON.parse(readFileSync(join(skein, 'package.json'), 'utf8'));
    expect(launch(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('stops on an old Node and says which one it needs', () => {
    expect(launch(['runs'], pretend('24.20.0'))).toEqual({
      status: 2,
      stdout: '',
      stderr: [
        'error[node-too-old]: skein needs a newer Node',
        '  needed  "24.21" or newer',
        `  found   "24.20.0", "${process.execPath}"`,
        '  hint: install Node 24.21 or newer; where npm brings it, use "npx skein"',
        '',
      ].join('\n'),
    });
  });

  test('names what is missing where there is nothing to build from', () => {
    const { status, stderr } = launch(['runs']);
    expect(status).toBe(2);
    expect(stderr).toContain('error[entry-not-found]: this installation of skein has no');
  });

  test('builds once on first use, and says so on stderr alone', () => {
    const scripts = join(folder, 'scripts');
    const dist = join(folder, 'packages', 'skein', 'dist');
    mkdirSync(scripts);
    writeFileSync(
      join(scripts, 'build.ts'),
      `import { mkdirSync, writeFileSync } from 'node:fs';
       mkdirSync(${JSON.stringify(dist)});
       writeFileSync(${JSON.stringify(join(dist, 'cli.js'))}, 'console.log(process.argv[2])');`,
    );
    expect(launch(['runs'])).toEqual({
      status: 0,
      stdout: 'runs\n',
      stderr: 'skein: building once, since "dist" is missing\n',
    });
    expect(launch(['show'])).toEqual({ status: 0, stdout: 'show\n', stderr: '' });
  });
});
