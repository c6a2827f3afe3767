/** The entry of the real pipeline, from the root of a workspace. */
export const entry = 'fixtures/pipeline/src/main.ts';

/** Five translations, 240 articles: the same pipeline in a second. */
export const few: readonly string[] = ['dan', 'fin', 'eng', 'ell', 'azj'].flatMap((language) => [
  '--languages',
  language,
]);

/** As much of the pipeline's report as the tests look at. */
export interface Report {
  readonly articles: number;
  readonly accuracy: number;
  readonly ownAccuracy: number;
  readonly francAccuracy: number;
  readonly sentences: number;
  readonly published: { readonly $type: 'dir'; readonly value: { readonly path: string } };
}
