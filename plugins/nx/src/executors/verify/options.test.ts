import { expect, test } from 'vitest';
import { verifyLine } from './options.ts';

test('unless a run is named, it is the newest of the entry', () => {
  expect(verifyLine({ entry: 'src/main.ts' })).toEqual(['verify', '--entry', 'src/main.ts']);
});

test('every option is on the command line', () => {
  const line = verifyLine({
    entry: 'src/main.ts',
    task: 'train',
    run: '20261124-1',
    executor: 'inline',
    json: true,
    state: '.state',
  });
  expect(line.join(' ')).toBe(
    'verify 20261124-1 --entry src/main.ts --task train --executor inline --json',
  );
});
