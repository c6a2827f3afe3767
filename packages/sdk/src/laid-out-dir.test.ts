import { digestOf, dirReference } from '@skein/values';
import { expect, test } from 'vitest';
import { checkLaidOut } from './laid-out-dir.ts';

const holding = (path: string) =>
  dirReference([{ path, size: 4, digest: digestOf('blob', 'text'), executable: false }]);

const onWindows = [
  'CON',
  'con.txt',
  'a/Nul',
  'aux .c',
  'LPT1',
  'com¹',
  'file:stream',
  'a.',
  'a ',
  'a?',
];
test.each(onWindows)(
  'D4: %j, which is a device or another file on Windows, is refused there alone',
  (path) => {
    expect(() => checkLaidOut(holding(path), 'linux')).not.toThrow();
    expect(() => checkLaidOut(holding(path), 'win32')).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ code: 'dir-entry-refused' }) }),
    );
  },
);

test.each(['console', 'auxiliary.c', 'com', 'com10', 'null', '.con', 'a.b'])(
  '%j is a name on Windows too',
  (path) => {
    expect(() => checkLaidOut(holding(path), 'win32')).not.toThrow();
  },
);
