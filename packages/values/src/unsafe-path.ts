/** A name or path that would not stay where it is put, or cannot exist everywhere (D4, V6). */
export class UnsafePathError extends Error {
  readonly code = 'unsafe-path';
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`unsafe path ${JSON.stringify(path)}: ${reason}`);
    this.name = 'UnsafePathError';
    this.path = path;
    this.reason = reason;
  }
}
