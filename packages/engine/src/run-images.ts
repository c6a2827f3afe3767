import type { Failure, ImageRequest, Images, ResolvedImage, Result } from '@skein/model';
import { imageIdentity, imageTitle } from '@skein/model';

/** What images stand for in one run: each is asked for once, and stays what it was then. */
export class RunImages {
  readonly #images: Images;
  readonly #answers = new Map<string, Result<ResolvedImage>>();
  readonly #asked = new Map<string, Promise<Result<ResolvedImage>>>();

  constructor(images: Images) {
    this.#images = images;
  }

  /** `undefined`: it has to be asked for first. */
  known(request: ImageRequest): Result<ResolvedImage> | undefined {
    const identity = imageIdentity(request);
    const answer = this.#answers.get(identity);
    if (answer !== undefined) return answer;
    const value = this.#images.known(request);
    if (value === undefined) return undefined;
    const known: Result<ResolvedImage> = { ok: true, value };
    this.#answers.set(identity, known);
    return known;
  }

  resolve(request: ImageRequest): Promise<Result<ResolvedImage>> {
    const identity = imageIdentity(request);
    let asked = this.#asked.get(identity);
    if (asked === undefined) {
      asked = this.#images.resolve(request).then((answer) => {
        this.#answers.set(identity, answer);
        return answer;
      });
      this.#asked.set(identity, asked);
    }
    return asked;
  }
}

/** For who cannot wait: nothing can be said of the call. */
export function notResolved(request: ImageRequest): Failure {
  return {
    code: 'image-missing',
    kind: 'environment',
    headline: 'what the image stands for has not been asked yet',
    facts: [['image', imageTitle(request)]],
  };
}
