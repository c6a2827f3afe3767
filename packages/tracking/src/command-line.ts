/** A word of a command line, and what it stands for in it. */
export interface Word {
  readonly text: string;
  /** `program`: what is executed; `output`: a file that is written. */
  readonly role: 'program' | 'argument' | 'output';
}

const TOKEN = new RegExp(
  [
    /'([^']*)'/, // single quotes
    /"((?:[^"\\]|\\[\s\S])*)"/, // double quotes
    /\\([\s\S])/, // an escaped character
    /(\d*>{1,2}[&|]?|\d*<{1,3}&?|[;&|()`\n]+|\$\(|[{}](?=[\s;]|$))/, // an operator
    /([ \t\r]+)/, // what parts words
    /([^\s'"\\<>;&|()`]+|[\s\S])/, // plain text
  ]
    .map((it) => it.source)
    .join('|'),
  'y',
);

const ASSIGNMENT = /^[A-Za-z_]\w*=/;
const KEYWORDS = /^(?:!|do|elif|else|exec|if|then|time|until|while)$/;

/**
 * The words of a line that a shell is given, as far as they can be known without running it: what
 * the shell would expand stays as it is written.
 */
export function wordsOf(line: string): readonly Word[] {
  const words: Word[] = [];
  let text: string | undefined;
  let role: Role = 'program';
  const documents: string[] = [];
  const end = (): void => {
    if (text === undefined) return;
    if (role === 'document') documents.push(text.replace(/^-/, ''));
    const isPrefix = role === 'program' && (ASSIGNMENT.test(text) || KEYWORDS.test(text));
    if (role !== 'descriptor' && role !== 'document' && !isPrefix) words.push({ text, role });
    if (!isPrefix) role = 'argument';
    text = undefined;
  };
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(line); match !== null; match = TOKEN.exec(line)) {
    const [, single, double, escaped, operator, blank, plain] = match;
    if (operator !== undefined) {
      end();
      role = roleAfter(operator);
      if (!operator.includes('\n')) continue;
      for (const it of documents.splice(0)) TOKEN.lastIndex = documentEnd(line, it);
    } else if (blank !== undefined) end();
    else if (text === undefined && plain?.startsWith('#') === true) {
      const next = line.indexOf('\n', TOKEN.lastIndex);
      TOKEN.lastIndex = next < 0 ? line.length : next;
    } else text = (text ?? '') + (single ?? unescaped(double) ?? escaped ?? plain ?? '');
  }
  end();
  return words;
}

type Role = Word['role'] | 'descriptor' | 'document';

/** Behind the line that ends a document, whose text is no command. */
function documentEnd(line: string, end: string): number {
  let at = TOKEN.lastIndex;
  while (at < line.length) {
    const next = line.indexOf('\n', at);
    const until = next < 0 ? line.length : next;
    const text = line.slice(at, until).replace(/^\t+/, '');
    at = until + 1;
    if (text === end) break;
  }
  return Math.min(at, line.length);
}

function roleAfter(operator: string): Role {
  if (operator === '<<') return 'document';
  if (/[<>]&$/.test(operator)) return 'descriptor';
  if (operator.includes('>')) return 'output';
  return operator.includes('<') ? 'argument' : 'program';
}

function unescaped(quoted: string | undefined): string | undefined {
  return quoted?.replaceAll(/\\([$`"\\\n])/g, '$1');
}
