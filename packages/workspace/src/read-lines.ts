import type { Readable } from 'node:stream';
import { SharedStoreError } from '@skein/store';

const LINE_LENGTH = 16 * 1024 * 1024;

/** The values of a body of JSON, one a line, as they arrive. */
export async function* readLines(body: Readable): AsyncGenerator<unknown, undefined> {
  let rest = '';
  body.setEncoding('utf8');
  for await (const piece of body as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LENGTH) throw new SharedStoreError('garbage', 'a line is too long');
    for (const line of lines) if (line !== '') yield parsed(line);
  }
  if (rest !== '') yield parsed(rest);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new SharedStoreError('garbage', 'a line of the answer is no JSON', { cause: error });
  }
}
