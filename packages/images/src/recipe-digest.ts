import type { ImageRecipe, Result } from '@skein/model';
import { imageIdentity, succeed } from '@skein/model';
import { digestHex, digestOf } from '@skein/values';
import { copiedFiles, type CopiedFile, type CopyPlace } from './copied-files.ts';

/** Raised when the same recipe would be built to something else. */
const RECIPE_VERSION = 1;

/**
 * Names what a recipe makes, `sha256:…`: its fields with the base by digest, and every copied file
 * by place, content and executable bit. Given the base last, since a tag may have stood for
 * several; a base is made for one platform, so the name is of one, too.
 */
export async function recipeDigest(
  recipe: ImageRecipe,
  place: CopyPlace,
): Promise<Result<(base: string) => string>> {
  const files = await copiedFiles(recipe, place);
  if (!files.ok) return files;
  const copied = files.value.map(fieldsOf);
  return succeed((base) => {
    const identity = imageIdentity({ ...recipe, from: base });
    const text = JSON.stringify([RECIPE_VERSION, identity, copied]);
    return `sha256:${digestHex(digestOf('manifest', text))}`;
  });
}

function fieldsOf(file: CopiedFile): readonly unknown[] {
  const at = [file.copy, file.below, file.kind];
  if (file.kind === 'file') return [...at, file.executable, file.digest];
  return file.kind === 'link' ? [...at, file.target] : at;
}
