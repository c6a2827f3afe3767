import { join } from 'node:path';
import type { Comparison } from '../comparison.ts';
import { binOf, runNode, type Place } from '../place.ts';
import { runProgram } from '../run-program.ts';
import { runSkein } from '../skein.ts';
import type { Subject } from '../subject.ts';

/** How long the command takes to start, and a first action, beside a Node that does nothing. */
export function commandStart(place: Place): Comparison {
  return {
    subjects: [skein(place), node(place)],
    rows: [
      {
        id: '9',
        work: 'skein --version, whole process',
        unit: 'ms',
        reading: 'version',
        peer: { name: 'node -e 0', reading: 'ms' },
        targets: [{ of: 'ratio', bound: 'at most', value: 1.25 }],
      },
      {
        id: 'start',
        work: 'one no-op action in an empty state, whole process',
        unit: 'ms',
        reading: 'once',
        peer: { name: 'node -e 0', reading: 'ms' },
      },
    ],
  };
}

function skein(place: Place): Subject {
  return {
    name: 'skein',
    sample: async ({ scratch }) => {
      const version = await runProgram({
        file: binOf(place.root, 'skein'),
        args: ['--version'],
        cwd: place.root,
        environment: place.environment,
      });
      const args = [join('bench', 'tasks', 'no-op.ts'), 'once'];
      const once = await runSkein(place, { args, state: join(scratch, 'state') });
      return { version: version.wallMs, once: once.wallMs };
    },
  };
}

function node(place: Place): Subject {
  return {
    name: 'node -e 0',
    sample: async () => {
      const { wallMs } = await runNode(place, ['-e', '0']);
      return { ms: wallMs };
    },
  };
}
