/** The document with `text` between the two marks of that name, instead of what stood there. */
export function putIntoDocument(document: string, text: string, name = 'last run'): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`the document lacks "${begin}" before "${end}"`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}
