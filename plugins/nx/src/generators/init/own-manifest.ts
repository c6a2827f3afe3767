import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The ranges that a workspace is to ask for: what this plugin was made with. */
export interface OwnRanges {
  readonly plugin: string;
  readonly skein: string;
}

export function readOwnRanges(): OwnRanges {
  const path = join(import.meta.dirname, '..', '..', '..', 'package.json');
  const { version, peerDependencies } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly version: string;
    readonly peerDependencies: { readonly skein: string };
  };
  return { plugin: `^${version}`, skein: peerDependencies.skein };
}
