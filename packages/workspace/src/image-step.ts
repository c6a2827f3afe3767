import type { BuildProgress } from '@skein/container';

/** What is done about images before something can run, for people. */
export type ImageStep =
  /** Nobody knew it yet: its registry was asked, or it was built. */
  | { readonly kind: 'resolved'; readonly image: string; readonly digest: string }
  /** An image is being built, which may take long. */
  | { readonly kind: 'building'; readonly progress: BuildProgress }
  /** So many entries were written to the lock, a file at the workspace's root. */
  | { readonly kind: 'locked'; readonly entries: number; readonly file: string };

export type TellImageStep = (step: ImageStep) => void;
