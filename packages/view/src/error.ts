import type { Failure, SummaryError } from '@skein/model';
import { renderFailure } from './failure.ts';
import { alignFacts } from './facts.ts';
import type { Style } from './style.ts';
import { authorFrames, readThrown } from './thrown.ts';
import { clip, shorten } from './value.ts';

export interface ErrorRequest {
  readonly style: Style;
  readonly width: number;
}

const CAUSES = 8;
/** Where a cause came from; the whole stack is in the record. */
const CAUSE_FRAMES = 3;
const INPUTS = 8;
const FIELDS = 8;
/** A message that holds a whole document would push everything else out of sight. */
const MESSAGE = 4000;

/**
 * What made a run fail: class and message, the task with its inputs by parameter name, the
 * author's own stack lines, and the chain of causes.
 */
export function renderError(error: SummaryError, { style, width }: ErrorRequest): string {
  if (error.failure !== undefined) return renderFailure(error.failure, style);
  const room = Math.max(30, width - 20);
  const write = (value: unknown): string => shorten(value, room);
  const refusal = refusalIn(error);
  const facts: (readonly [string, string])[] = [...(refusal?.facts ?? [])];
  const fields = refusal === undefined ? Object.entries(error.fields) : [];
  for (const [name, value] of fields.slice(0, FIELDS)) {
    // Many classes set `name` themselves; it stands in front of the message already.
    if (name !== 'name' || value !== error.class) facts.push([name, write(value)]);
  }
  if (error.task !== undefined) {
    const action = error.action === undefined ? '' : `, action ${error.action}`;
    facts.push(['task', `${error.task}${action}`]);
  }
  const inputs = describeInputs(error, room);
  if (inputs !== undefined) facts.push(['inputs', inputs]);
  const name = refusal?.code ?? error.class;
  const text = shortened(readThrown({ name, message: error.message }, write).text);
  return [
    style.bad(text),
    ...alignFacts(facts, style),
    ...authorFrames(error.stack).map((line) => `  ${style.faint(line)}`),
    ...describeCauses(error.cause, room).map((line) => `  ${line}`),
    ...(refusal?.hint === undefined ? [] : [`  ${style.name('hint:')} ${refusal.hint}`]),
  ].join('\n');
}

/** What Skein refused to do for a task, which threw it on: it has facts and a hint of its own. */
function refusalIn({ class: name, fields }: SummaryError): Failure | undefined {
  if (name !== 'FailureError') return undefined;
  const { failure } = fields;
  if (typeof failure !== 'object' || failure === null) return undefined;
  const { code, facts } = failure as Partial<Failure>;
  if (typeof code !== 'string' || !Array.isArray(facts)) return undefined;
  return failure as Failure;
}

/** `caused by RangeError: too large`, a line for each, the nearest first. */
export function describeCauses(first: unknown, room: number): readonly string[] {
  const lines: string[] = [];
  let cause = first;
  let depth = 0;
  while (cause !== undefined && cause !== null && depth < CAUSES) {
    const thrown = readThrown(cause, (value) => shorten(value, room));
    lines.push(`caused by ${clip(thrown.text, room)}`);
    lines.push(
      ...authorFrames(thrown.stack)
        .slice(0, CAUSE_FRAMES)
        .map((line) => `  ${line}`),
    );
    cause = thrown.cause;
    depth += 1;
  }
  return lines;
}

function shortened(text: string): string {
  if (text.length <= MESSAGE) return text;
  const more = (text.length - MESSAGE).toLocaleString('en');
  return `${text.slice(0, MESSAGE)}… ${more} more characters`;
}

function describeInputs({ inputs }: SummaryError, room: number): string | undefined {
  const entries = Object.entries(inputs ?? {});
  if (entries.length === 0) return undefined;
  const width = Math.max(...entries.map(([name]) => name.length));
  const lines = entries
    .slice(0, INPUTS)
    .map(([name, value]) => `${name.padEnd(width)}  ${shorten(value, room - width)}`);
  if (entries.length > INPUTS) lines.push(`… ${entries.length - INPUTS} more`);
  return lines.join('\n');
}
