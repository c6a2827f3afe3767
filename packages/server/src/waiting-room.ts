import type { Socket } from 'node:net';

/** Connections for which nothing serves yet, oldest first; none of them waits for ever. */
export class WaitingRoom {
  readonly #timers = new Map<Socket, NodeJS.Timeout>();
  readonly #most: number;
  readonly #holdMs: number;
  readonly #giveUp: (socket: Socket) => void;

  constructor(
    { most, holdMs }: { readonly most: number; readonly holdMs: number },
    giveUp: (socket: Socket) => void,
  ) {
    this.#most = most;
    this.#holdMs = holdMs;
    this.#giveUp = giveUp;
  }

  hold(socket: Socket): void {
    if (this.#timers.size >= this.#most) {
      this.#giveUp(socket);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(socket);
      this.#giveUp(socket);
    }, this.#holdMs);
    this.#timers.set(socket, timer);
  }

  /** Everybody, who then waits no more. */
  empty(): readonly Socket[] {
    const sockets = [...this.#timers.keys()];
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    return sockets;
  }
}
