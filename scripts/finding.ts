/** A breach of a house rule, with what to write instead. `line` counts from 1. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
  readonly hint: string;
}

/** Prints findings as `path:line: message` with a hint below each, and sets the exit code. */
export function report(findings: readonly Finding[], subject: string): void {
  const lines = findings.map(
    ({ path, line, message, hint }) => `${path}:${line}: ${message}\n    hint: ${hint}\n`,
  );
  process.stdout.write(`${lines.join('')}${subject}: ${findings.length} found\n`);
  if (findings.length > 0) process.exitCode = 1;
}
