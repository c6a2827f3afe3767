/** An option of a command: the parser and the help both read this. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** What its value is called in the help; absent: a switch without value. */
  readonly value?: string;
  /** The only values it takes. */
  readonly choices?: readonly string[];
  /** True where it may stand without a value: one is given by `=` alone. */
  readonly optional?: boolean;
  readonly repeats?: boolean;
  /** True where nobody types it: it is not in the help. */
  readonly hidden?: boolean;
  readonly doc: string;
}

export interface PositionalSpec {
  readonly name: string;
  readonly required: boolean;
  /** Only the last: any number of them. */
  readonly repeats?: boolean;
  readonly doc: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly positionals: readonly PositionalSpec[];
  readonly options: readonly OptionSpec[];
  /** True where flags that are not ours belong to the task. */
  readonly takesTaskFlags?: boolean;
  /** Whole command lines, as they are typed. */
  readonly examples?: readonly string[];
  /** Further paragraphs of the help. */
  readonly notes?: readonly string[];
  /** Commands whose names go on from this one's. */
  readonly commands?: readonly CommandSpec[];
  /** True where it is only the beginning of their names. */
  readonly onlyBegins?: boolean;
}

export const json: OptionSpec = {
  name: 'json',
  doc: 'exactly one JSON object on standard output, everything else on standard error',
};
export const executor: OptionSpec = {
  name: 'executor',
  value: 'name',
  choices: ['pool', 'inline', 'container'],
  doc:
    'where actions run: in worker processes (pool), in this one (inline), in images ' +
    '(container); otherwise where each task says',
};
export const helpFlag: OptionSpec = { name: 'help', short: 'h', doc: 'show this help' };
