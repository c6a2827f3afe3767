import type { Finding } from './finding.ts';
import type { SourceFile, Syntax } from './source.ts';

/** What a rule is given: `syntax` is there for code that parses. */
export interface Subject extends SourceFile {
  readonly syntax?: Syntax;
}

/** A house rule that a program can check on one file. */
export interface Rule {
  readonly name: string;
  /** Files it speaks about. */
  readonly applies: (path: string) => boolean;
  readonly check: (subject: Subject) => readonly Breach[];
}

/** Where and what; the rule's caller adds the path. */
export type Breach = Omit<Finding, 'path'>;
