import { parseSync } from 'oxc-parser';

/** Comments that mean something to the emitter. */
const MEANINGFUL = /@__(PURE|NO_SIDE_EFFECTS)__|#__(PURE|NO_SIDE_EFFECTS)__|@jsx/;

/**
 * The source with blanks in place of its comments, every character where it was. esbuild keeps
 * some comments inside expressions, and puts parentheses around those for their sake.
 */
export function withoutComments(path: string, source: string): string {
  const { comments } = parseSync(path, source);
  let text = '';
  let position = 0;
  for (const { start, end, value } of comments) {
    if (MEANINGFUL.test(value)) continue;
    text += source.slice(position, start) + source.slice(start, end).replace(/[^\r\n]/g, ' ');
    position = end;
  }
  return text + source.slice(position);
}

/** Whether emitted code may hold a comment of the author's: a text that looks like one will do. */
export function mayHoldComments(code: string): boolean {
  return /\/[/*]/.test(code.replaceAll('/* @__PURE__ */', ''));
}
