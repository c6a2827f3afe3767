import fs from 'node:fs';
import { FAULT_POINTS, listenToFaults } from '@skein/model';
import type { FaultPoint } from '@skein/model';

/** Taken before tracking puts others in their place. */
const { closeSync, openSync, writeSync } = fs;

/**
 * What to do at a point: `kill` ends this process without a word, `full` throws what a full disk
 * would, `note` writes down every point that is reached.
 */
interface FaultOrder {
  readonly point: string;
  readonly count: number;
  readonly what: 'kill' | 'full' | 'note';
  /** Its presence says that it has happened, in whatever process, and is not to happen again. */
  readonly file: string;
}

const ORDER = /^([a-z-]+|\*):(\d+):(kill|full|note):(\/.+)$/s;

/**
 * Obeys an order of the crash harness, `<point>:<count>:<kill|full|note>:<file>`: at the `count`th
 * time that this process comes to the point. The file is made in the same instant.
 */
export function obeyFault(text: string): void {
  const order = parse(text);
  const reached = new Map<FaultPoint, number>();
  listenToFaults(text, (point) => {
    const count = (reached.get(point) ?? 0) + 1;
    reached.set(point, count);
    if (order.what === 'note') {
      if (count === 1) append(order.file, `${point}\n`);
    } else if (point === order.point && count === order.count && isFirst(order.file, point)) {
      if (order.what === 'full') throw fullDisk();
      process.kill(process.pid, 'SIGKILL');
    }
  });
}

function parse(text: string): FaultOrder {
  const [, point = '', count, what, file = ''] = ORDER.exec(text) ?? [];
  if (point !== '*' && !(point in FAULT_POINTS)) {
    throw new TypeError(`"${text}" is no order for a fault`);
  }
  return { point, count: Number(count), what: what as FaultOrder['what'], file };
}

function append(file: string, text: string): void {
  const descriptor = openSync(file, 'a');
  writeSync(descriptor, text);
  closeSync(descriptor);
}

/** Makes the file; false where another process was quicker. */
function isFirst(file: string, point: FaultPoint): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx');
  } catch {
    return false;
  }
  writeSync(descriptor, `${point} ${process.pid}\n`);
  closeSync(descriptor);
  return true;
}

function fullDisk(): Error {
  const message = 'ENOSPC: no space left on device, write';
  return Object.assign(new Error(message), { code: 'ENOSPC', errno: -28, syscall: 'write' });
}
