import { styleText } from 'node:util';

export type Paint = (text: string) => string;

/** How a report is coloured; every function gives its text back where colour is off. */
export interface Style {
  readonly colour: boolean;
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly name: Paint;
}

/** What decides about colour: the variables `FORCE_COLOR`, `NO_COLOR`, `TERM`, and the stream. */
export interface StyleRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
}

const same: Paint = (text) => text;

/** For files, pipes and JSON. */
export const plain: Style = {
  colour: false,
  strong: same,
  faint: same,
  good: same,
  bad: same,
  warn: same,
  name: same,
};

export const coloured: Style = {
  colour: true,
  strong: paint('bold'),
  faint: paint('dim'),
  good: paint('green'),
  bad: paint('red'),
  warn: paint('yellow'),
  name: paint('cyan'),
};

/** `FORCE_COLOR` decides before `NO_COLOR`, as in Node itself; `NO_COLOR` by https://no-color.org. */
export function styleFor({ environment, isTerminal }: StyleRequest): Style {
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced === '0' || forced === 'false' ? plain : coloured;
  if (environment['NO_COLOR']) return plain;
  return isTerminal && environment['TERM'] !== 'dumb' ? coloured : plain;
}

function paint(format: 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan'): Paint {
  return (text) => (text === '' ? text : styleText(format, text, { validateStream: false }));
}
