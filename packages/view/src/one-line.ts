/** What would break the line, move the cursor, or turn the reading direction. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Somebody's words in a line of ours: what cannot be seen is written as JavaScript writes it. */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, (unseen) => {
    const known = JSON.stringify(unseen).slice(1, -1);
    return known === unseen ? `\\u${unseen.charCodeAt(0).toString(16).padStart(4, '0')}` : known;
  });
}
