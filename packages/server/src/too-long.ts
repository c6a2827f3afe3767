/** A stream goes on behind its declared or allowed end. */
export class TooLong extends Error {
  override readonly name = 'TooLong';

  constructor(most: number) {
    super(`more than ${most} bytes`);
  }
}
