import { optional, switchOf, valueOf } from '../../flags.ts';

/** Options of `@skein/nx:verify`; schema.json says what they mean. */
export interface VerifyOptions {
  readonly entry: string;
  readonly task?: string;
  readonly run?: string;
  readonly executor?: 'pool' | 'inline' | 'container';
  readonly json?: boolean;
  readonly state?: string;
}

/** The command line that says the same. */
export function verifyLine(options: VerifyOptions): readonly string[] {
  const { entry, task, run, executor, json } = options;
  return [
    'verify',
    ...optional(run),
    '--entry',
    entry,
    ...valueOf('task', task),
    ...valueOf('executor', executor),
    ...switchOf('json', json),
  ];
}
