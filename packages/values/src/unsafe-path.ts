/** A path may be as long as somebody else likes: a message shows so much of it. */
const SHOWN = 200;

/** A name or path that would not stay where it is put, or cannot exist everywhere (D4, V6). */
export class UnsafePathError extends Error {
  readonly code = 'unsafe-path';
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    const shown = path.length > SHOWN ? `${path.slice(0, SHOWN)}…` : path;
    super(`unsafe path ${JSON.stringify(shown)}: ${reason}`);
    this.name = 'UnsafePathError';
    this.path = path;
    this.reason = reason;
  }
}
