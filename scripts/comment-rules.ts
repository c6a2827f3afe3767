import type { Breach, Rule, Subject } from './rule.ts';
import { isCode, lineAt } from './source.ts';

/** Rules about comments: a comment says why, in a sentence. */
export const commentRules: readonly Rule[] = [
  {
    name: 'banner',
    applies: isCode,
    check: onCommentLines((line) =>
      /^[\s/*]*([=\-*#~_+─━═])\1{3,}/.test(line)
        ? {
            message: 'a banner comment',
            hint: 'delete it; where a file needs sections it wants to be two files',
          }
        : undefined,
    ),
  },
  {
    name: 'open-task',
    applies: isCode,
    check: onCommentLines((line) =>
      /\b(?:TODO|FIXME|XXX|HACK)\b/.test(line)
        ? {
            message: 'an open task in a comment',
            hint: 'do it now, or write down the limit it leaves as a sentence',
          }
        : undefined,
    ),
  },
  {
    name: 'ts-ignore',
    applies: isCode,
    check: onCommentLines((line, path) =>
      (path.endsWith('.test-d.ts') ? silencers : [...silencers, '@ts-expect-error']).some((word) =>
        line.trimStart().startsWith(word),
      )
        ? {
            message: 'a comment that silences the compiler',
            hint: 'correct the type; "@ts-expect-error" belongs to *.test-d.ts alone',
          }
        : undefined,
    ),
  },
];

const silencers = ['@ts-ignore', '@ts-nocheck'];

type Judge = (line: string, path: string) => Omit<Breach, 'line'> | undefined;

function onCommentLines(judge: Judge): (subject: Subject) => readonly Breach[] {
  return ({ syntax, text, path }) =>
    (syntax?.comments ?? []).flatMap((comment) => {
      const first = lineAt(text, comment.start);
      return comment.value.split('\n').flatMap((content, index) => {
        const found = judge(content, path);
        return found ? [{ line: first + index, ...found }] : [];
      });
    });
}
