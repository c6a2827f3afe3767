const begin = '<!-- last run: begin -->';
const end = '<!-- last run: end -->';

/** The document with `text` between its two marks, instead of what stood there. */
export function putIntoDocument(document: string, text: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`the document lacks "${begin}" before "${end}"`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}
