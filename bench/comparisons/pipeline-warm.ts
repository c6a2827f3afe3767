import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Comparison } from '../comparison.ts';
import { binOf, type Place } from '../place.ts';
import { runProgram, type ProgramRun } from '../run-program.ts';
import { expectExecuted, pipeline, runSkein } from '../skein.ts';
import type { Subject } from '../subject.ts';

/** The pipeline when nothing has changed, and the hit of a build system on the same sources. */
export function warmPipeline(place: Place): Comparison {
  return {
    subjects: [skein(place), turbo(place)],
    rows: [
      {
        id: '6',
        work: 'pipeline, nothing changed, whole process',
        unit: 's',
        reading: 's',
        peer: { name: 'turbo' },
        targets: [{ of: 'figure', bound: 'at most', value: 0.7 }],
      },
    ],
  };
}

/** Each sample gets the state as the first run left it: its own runs must not add up. */
function skein(place: Place): Subject {
  return {
    name: 'skein',
    prepare: async (home) => {
      await runSkein(place, { args: [pipeline], state: join(home, 'state') });
    },
    sample: async ({ home, scratch }) => {
      const state = join(scratch, 'state');
      await cp(join(home, 'state'), state, { recursive: true });
      const run = await runSkein(place, { args: [pipeline], state });
      expectExecuted(run, { atLeast: 0, atMost: 0 });
      return { s: run.wallMs / 1000 };
    },
  };
}

/** One package that holds the sources of the pipeline, with one cached script. */
function turbo(place: Place): Subject {
  const missing = place.peers.missing('turbo');
  const run = (cwd: string): Promise<ProgramRun> =>
    runProgram({
      file: binOf(cwd, 'turbo'),
      args: ['run', 'build'],
      cwd,
      environment: {
        ...place.environment,
        TURBO_TELEMETRY_DISABLED: '1',
        TURBO_NO_UPDATE_NOTIFIER: '1',
      },
    });
  return {
    name: 'turbo',
    ...(missing !== undefined && { missing }),
    prepare: async (home) => {
      await layOut(place, home);
      await run(home);
      // Its first run leaves a log in the package, which it then counts as an input.
      await run(home);
    },
    sample: async ({ home }) => {
      const { stdout, wallMs } = await run(home);
      if (!stdout.includes('1 cached, 1 total')) throw new Error('did not hit its cache');
      return { s: wallMs / 1000 };
    },
  };
}

async function layOut(place: Place, home: string): Promise<void> {
  const member = join(home, 'packages', 'pipeline');
  await mkdir(member, { recursive: true });
  await cp(join(place.root, 'fixtures', 'pipeline', 'src'), join(member, 'src'), {
    recursive: true,
  });
  const write = (file: string, content: unknown) =>
    writeFile(join(home, file), JSON.stringify(content));
  await symlink(join(place.peers.folder, 'node_modules'), join(home, 'node_modules'));
  await write('package.json', {
    name: 'home',
    private: true,
    packageManager: 'npm@11.0.0',
    workspaces: ['packages/*'],
  });
  await write('package-lock.json', { name: 'home', lockfileVersion: 3, packages: {} });
  await write('turbo.json', { tasks: { build: {} } });
  await write('packages/pipeline/package.json', {
    name: 'pipeline',
    version: '1.0.0',
    scripts: { build: 'node -e 0' },
  });
}
