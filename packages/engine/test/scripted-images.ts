import type { ImageRequest, Images, ResolvedImage, Result, TaskOptions } from '@skein/model';
import { fail, imageTitle, succeed } from '@skein/model';

interface Scripted {
  /** What is known at once, by name: digests. */
  readonly known?: Readonly<Record<string, string>>;
  /** What is known once it was asked for. */
  readonly later?: Readonly<Record<string, string>>;
  /** Version of the Node that images hold; absent: Skein's own is mounted. */
  readonly node?: string;
  /** Where tasks run; absent: tasks with an image in it. */
  readonly imageFor?: (options: TaskOptions) => ImageRequest | undefined;
}

/** Images whose digests a test sets; what is asked for is counted. */
export class ScriptedImages implements Images {
  readonly asked: string[] = [];
  readonly #scripted: Scripted;

  constructor(scripted: Scripted) {
    this.#scripted = scripted;
  }

  imageFor(options: TaskOptions): ImageRequest | undefined {
    const { imageFor = ({ image }) => image } = this.#scripted;
    return imageFor(options);
  }

  known(request: ImageRequest): ResolvedImage | undefined {
    return this.#resolved(request, this.#scripted.known);
  }

  async resolve(request: ImageRequest): Promise<Result<ResolvedImage>> {
    this.asked.push(imageTitle(request));
    await Promise.resolve();
    const found = this.#resolved(request, { ...this.#scripted.known, ...this.#scripted.later });
    if (found !== undefined) return succeed(found);
    return fail({
      code: 'image-not-found',
      kind: 'environment',
      headline: `no image "${imageTitle(request)}"`,
      facts: [],
    });
  }

  #resolved(request: ImageRequest, digests: Scripted['known'] = {}): ResolvedImage | undefined {
    const name = imageTitle(request);
    const digest = digests[name];
    if (digest === undefined) return undefined;
    const { node } = this.#scripted;
    const reference = `registry.test/${name}@${digest}`;
    return { name, reference, digest, ...(node === undefined ? {} : { node }) };
  }
}
