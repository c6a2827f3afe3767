import { code } from './code.ts';
import { inputs, observed } from './data.ts';
import { configuration, packages, resolution } from './installed.ts';
import type { Mutation } from './mutation.ts';
import { options } from './options.ts';

/** Every mutation, by what it is a change of. */
export const table: Readonly<Record<string, readonly Mutation[]>> = {
  code,
  inputs,
  observed,
  packages,
  configuration,
  resolution,
  options,
};

/** `code: a comment`. */
export function nameOf(group: string, { name }: Mutation): string {
  return `${group}: ${name}`;
}
