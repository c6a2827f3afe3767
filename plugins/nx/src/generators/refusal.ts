/** What a generator cannot do, in the words of the command: headline, facts, one hint. */
export class Refusal extends Error {
  constructor(headline: string, facts: readonly (readonly [string, string])[], hint: string) {
    const width = Math.max(0, ...facts.map(([name]) => name.length));
    const lines = facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
    super([headline, ...lines, `  hint: ${hint}`].join('\n'));
    this.name = 'Refusal';
  }
}
