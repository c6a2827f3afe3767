/** What an image was in the lock, and what it is now. */
export interface MovedImage {
  readonly name: string;
  readonly kind: 'reference' | 'recipe';
  /** Absent: the lock did not know it. */
  readonly before?: string;
  /** Absent: it would have to be built first. */
  readonly after?: string;
}

/** Whether it is another image than before. */
export function hasMoved({ before, after }: MovedImage): boolean {
  return before !== after || after === undefined;
}
