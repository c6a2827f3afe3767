/** Bytes or JSON that are not what `encode` or `toJson` writes. */
export class DecodingError extends Error {
  readonly code = 'not-decodable';
  readonly reason: string;
  /** Where in the bytes; `undefined` for JSON, whose reasons name a path. */
  readonly offset: number | undefined;

  constructor(reason: string, offset?: number, options?: ErrorOptions) {
    super(
      offset === undefined ? `cannot decode: ${reason}` : `cannot decode byte ${offset}: ${reason}`,
      options,
    );
    this.name = 'DecodingError';
    this.reason = reason;
    this.offset = offset;
  }
}
