import type { Failure } from '@skein/model';
import { printReference, type ImageReference } from './reference.ts';

const LONGEST_SAID = 300;

/** What a registry or the network said, on one line, without what could move a terminal. */
export function plainText(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > LONGEST_SAID ? `${line.slice(0, LONGEST_SAID)}…` : line;
}

/** The registry answers that there is no such image. */
export function absentImage(reference: ImageReference, said: string): Failure {
  return {
    code: 'image-not-found',
    kind: 'usage',
    headline: 'the registry has no such image',
    facts: factsOf(reference, said),
    hint: 'look at its name and tag; in a registry of your own, push it first',
  };
}

/** There is an image, and none of it runs on this platform. */
export function otherPlatform(
  reference: ImageReference,
  platform: string,
  offered: readonly string[],
): Failure {
  return {
    code: 'image-not-found',
    kind: 'usage',
    headline: 'the image is not made for this platform',
    facts: [
      ['image', printReference(reference)],
      ['wanted', platform],
      ['offered', offered.length === 0 ? 'none' : offered.join(', ')],
    ],
    hint: 'name an image that is made for it, or build one with "image({ from, … })"',
  };
}

/** The registry cannot be reached, or gives what nobody can use. */
export function registryTrouble(reference: ImageReference, said: string): Failure {
  return {
    code: 'image-registry',
    kind: 'environment',
    headline: 'the registry does not say which image this is',
    facts: factsOf(reference, said),
    hint:
      'look whether it can be reached from here; ' +
      'an entry in "skein.images.json" needs no registry',
  };
}

/** The registry wants other credentials than were found; many say so of images that are absent. */
export function registryRefusal(
  reference: ImageReference,
  said: string,
  sent: { readonly isSent: boolean; readonly troubles: readonly string[] },
): Failure {
  const troubles = sent.troubles.map((it) => ['trouble', plainText(it)] as const);
  return {
    code: 'image-registry',
    kind: 'environment',
    headline: 'the registry refuses to give this image',
    facts: [
      ...factsOf(reference, said),
      ['credentials', sent.isSent ? 'were sent' : 'none were found'],
      ...troubles,
    ],
    hint:
      `sign in with "podman login ${reference.registry}" or "docker login", ` +
      'or look at the name: registries refuse what they do not have',
  };
}

function factsOf(reference: ImageReference, said: string): readonly (readonly [string, string])[] {
  return [
    ['image', printReference(reference)],
    ['registry', reference.registry],
    ['said', plainText(said)],
  ];
}
