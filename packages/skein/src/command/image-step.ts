import type { ImageStep } from '@skein/workspace';

const SHORT_DIGITS = 12;

/** What is done about images before something can run. */
export function describeImageStep(step: ImageStep): string {
  switch (step.kind) {
    case 'resolved':
      return `resolving ${step.image} … ${shortDigest(step.digest)}`;
    case 'locked': {
      const images = step.entries === 1 ? '1 image' : `${step.entries} images`;
      return `${step.file}: ${images} locked; commit it`;
    }
    case 'building':
      return describeBuild(step.progress);
  }
}

type Progress = Extract<ImageStep, { readonly kind: 'building' }>['progress'];

function describeBuild(progress: Progress): string {
  const { image } = progress;
  switch (progress.kind) {
    case 'started':
      return `building ${image}, ${progress.steps} steps`;
    case 'step':
      return `building ${image} ${progress.step}/${progress.steps} ${progress.title}`;
    case 'output':
      return `  ${progress.line}`;
    case 'pushing':
      return `pushing ${image} to ${progress.target}`;
    case 'built':
      return `built ${image}`;
    case 'warning':
      return progress.warning.headline;
  }
}

/** Enough of a digest for people. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':') + 1;
  const end = colon + SHORT_DIGITS;
  return digest.length <= end ? digest : `${digest.slice(0, end)}…`;
}
