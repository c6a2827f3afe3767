/** What a call asks for, or `undefined` where Node will refuse it. */
export type Wanted = BufferEncoding | 'buffer' | null;

/** The encoding among the options of a call, which may be nothing but the encoding. */
export function wantedEncoding(options: unknown): Wanted | undefined {
  const wanted =
    typeof options === 'object' && options !== null && 'encoding' in options
      ? options.encoding
      : options;
  if (wanted === null || wanted === undefined || typeof wanted === 'object') return null;
  if (wanted === 'buffer') return 'buffer';
  return typeof wanted === 'string' && Buffer.isEncoding(wanted) ? wanted : undefined;
}

/** The options without the encoding. */
export function withoutEncoding(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return undefined;
  return { ...options, encoding: null };
}

/** A path that was handed over in whatever encoding. */
export function plainText(handed: unknown, options: unknown): string {
  if (handed instanceof Uint8Array) return Buffer.from(handed).toString();
  const encoding = wantedEncoding(options);
  const isPlain = encoding === null || encoding === undefined || encoding === 'buffer';
  return isPlain ? String(handed) : Buffer.from(String(handed), encoding).toString();
}
