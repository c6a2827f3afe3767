import { expect, test } from 'vitest';
import { wordsOf } from './command-line.ts';

const LINES: Readonly<Record<string, string>> = {
  'git status --short': 'program git, argument status, argument --short',
  'A=1 B="2 3" env -i x': 'program env, argument -i, argument x',
  'cat a.txt | sort -u > out.txt':
    'program cat, argument a.txt, program sort, argument -u, output out.txt',
  'cat <in.txt >>log 2>&1': 'program cat, argument in.txt, output log',
  'x \'a b\' "c \\" d" e\\ f': 'program x, argument a b, argument c " d, argument e f',
  'if test -f a; then cat a; fi':
    'program test, argument -f, argument a, program cat, argument a, program fi',
  'a && b || c & d': 'program a, program b, program c, program d',
  'echo $(cat a) `cat b`': 'program echo, program cat, argument a, program cat, argument b',
  'a # b\nc a#b': 'program a, program c, argument a#b',
  '(cd x && make) 2> err': 'program cd, argument x, program make, output err',
  "echo 'open": "program echo, argument 'open",
  '{ a; b; }': 'program a, program b',
  'cat <<EOF > out\na > b\nEOF\nc d': 'program cat, output out, program c, argument d',
  "cat <<-'E F' | b\n\ta > b\n\tE F\nc": 'program cat, program b, program c',
  'cat <<EOF\na > b': 'program cat',
  'a <<< b': 'program a, argument b',
  '': '',
};

test.each(Object.entries(LINES))('O8: %j is read as a shell reads it', (line, words) => {
  expect(
    wordsOf(line)
      .map(({ role, text }) => `${role} ${text}`)
      .join(', '),
  ).toBe(words);
});
