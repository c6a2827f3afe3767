import type { Duplex } from 'node:stream';

const excess = new WeakSet<Duplex>();

/** Marks a connection as one too many: it is told so at its first request, and closed. */
export function markExcess(socket: Duplex): void {
  excess.add(socket);
}

export function isExcess(socket: Duplex): boolean {
  return excess.has(socket);
}
