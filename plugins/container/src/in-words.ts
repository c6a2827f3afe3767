import type { Failure } from '@skein/model';

/** A failure as lines of text, for where only text goes. */
export function inWords({ headline, facts, hint }: Failure): string {
  const lines = [headline, ...facts.map((fact) => fact.join(': '))];
  return [...lines, ...(hint === undefined ? [] : [hint])].join('\n');
}
