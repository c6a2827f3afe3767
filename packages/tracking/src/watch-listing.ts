import type { Access } from './access.ts';
import { wantedEncoding } from './encoding.ts';
import type { Around, Watch } from './forms.ts';
import { digestOfEntries, visibleEntries } from './listing.ts';
import type { AnyDirent } from './listing.ts';
import type { ObservedPath } from './observed-path.ts';
import { tellTree } from './tell-tree.ts';

/** `readdir`: types are asked for in any case, since they come with the names. */
export const watchReaddir: Watch = (access, [path, options]) => {
  const found = access.folder(path);
  const encoding = wantedEncoding(options);
  if (found === undefined || encoding === undefined) return undefined;
  const failed = (error: unknown): void => access.failed(found, 'listing', error);
  if (isSet(options, 'recursive')) {
    return { done: (result) => tellTree(access, found, { result, options }), failed };
  }
  const withTypes = isSet(options, 'withFileTypes');
  const around: Around = {
    done: (result) => {
      const entries = tellListing(access, found, { entries: result as AnyDirent[], options });
      return withTypes ? entries : entries.map(({ name }) => name);
    },
    failed,
  };
  return withTypes ? around : { ...around, args: [path, { encoding, withFileTypes: true }] };
};

/** Observes a folder, and gives what the author may see of it. */
export function tellListing(
  access: Access,
  path: ObservedPath,
  { entries, options }: { readonly entries: readonly AnyDirent[]; readonly options?: unknown },
): readonly AnyDirent[] {
  const { state } = access.around.paths;
  const visible = visibleEntries(entries, { folder: path.absolute, state, options });
  access.listing(path, digestOfEntries(visible, options));
  return visible;
}

export function isSet(options: unknown, name: string): boolean {
  if (typeof options !== 'object' || options === null) return false;
  return Boolean((options as Readonly<Record<string, unknown>>)[name]);
}
