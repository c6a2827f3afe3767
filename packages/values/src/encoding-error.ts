/** A value that cannot be encoded (V2). `path` says where: `result.items[3].socket`. */
export class EncodingError extends Error {
  readonly code = 'not-encodable';
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`cannot encode ${path}: ${reason}`, options);
    this.name = 'EncodingError';
    this.path = path;
    this.reason = reason;
  }
}

/** Why a value is refused, thrown where its path is not known; never leaves this package. */
export class Refusal extends Error {}
