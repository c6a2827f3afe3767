import type { ImageRecipe, ImageRequest } from '@skein/model';
import { quote, throwInvalidOption } from './invalid-option.ts';
import { anyText, below, parseFields, parseRecord, recordOf, text } from './option-parser.ts';
import type { OptionFields, OptionPlace } from './option-parser.ts';

/** What an image is to be built of; its steps are taken in the order of the fields. */
export interface ImageRecipeInput {
  /** For people, and in the repository it is pushed to: `langid`, `team/langid`. */
  readonly name?: string;
  /** The image it starts from, by tag or digest: locked like any other. */
  readonly from: string;
  /** Packages of the distribution. */
  readonly apt?: readonly string[];
  /** Packages installed globally, `name@version`. */
  readonly npm?: readonly string[];
  /** Requirements, `name==version`. */
  readonly pip?: readonly string[];
  /**
   * Files and folders of the workspace, by their path relative to its root, and the absolute path
   * that each gets in the image: `{ scripts: '/app/scripts' }`. Their content counts.
   */
  readonly copy?: Readonly<Record<string, string>>;
  /** Variables of every process in it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Shell lines, run as root. */
  readonly run?: readonly string[];
}

const RECIPE: unique symbol = Symbol.for('skein.image');

/** An image that is built, made by `image({ … })`: for the option `image`. */
export interface Image {
  /** As given, or what it is built from. */
  readonly name: string;
  readonly [RECIPE]: ImageRecipe;
}

/** What the option `image` takes: a reference, or an image that is built. */
export type ImageInput = string | Image;

const OWNER = 'an image';

/**
 * An image built of a recipe: it is named by the digest of the recipe and of the copied files,
 * built once, and pinned in `skein.images.json`. Throws `option-invalid` for a recipe that is none.
 */
export function image(input: ImageRecipeInput): Image {
  const recipe = parseRecipe(input, { owner: OWNER, path: '' });
  const made = { name: recipe.name ?? `built from ${recipe.from}` };
  Object.defineProperty(made, RECIPE, { value: recipe });
  return Object.freeze(made) as Image;
}

/** The option `image`: a reference as it is, of an image that is built its recipe. */
export function parseImage(value: unknown, at: OptionPlace): ImageRequest {
  if (typeof value === 'string') return reference(value, at);
  const recipe = recipeOf(value);
  if (recipe !== undefined) return recipe;
  const wanted = "a reference such as 'ghcr.io/acme/x:1.4', or image({ from: … })";
  throwInvalidOption({ ...at, given: value, wanted });
}

/** Found by symbol, so that images are known also where the SDK was loaded twice. */
function recipeOf(value: unknown): ImageRecipe | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, RECIPE))
    return undefined;
  return (value as Image)[RECIPE];
}

const FIELDS: OptionFields<ImageRecipe> = {
  name: ['name', repositoryName],
  from: ['from', reference],
  apt: ['apt', listOf(word)],
  npm: ['npm', listOf(word)],
  pip: ['pip', listOf(line)],
  copy: ['copy', copies],
  env: ['env', variables],
  run: ['run', listOf(text)],
};

function parseRecipe(input: unknown, at: OptionPlace): ImageRecipe {
  const given = parseFields(FIELDS, input, at);
  const { from = reference(undefined, below(at, 'from')), name, ...rest } = given;
  return deepFreeze({
    ...(name !== undefined && { name }),
    from,
    apt: [],
    npm: [],
    pip: [],
    copy: [],
    env: {},
    run: [],
    ...rest,
  });
}

function deepFreeze(recipe: ImageRecipe): ImageRecipe {
  for (const it of [...recipe.copy, ...Object.values(recipe)]) Object.freeze(it);
  return Object.freeze(recipe);
}

/** What a registry makes of it is its own affair; no reference holds blanks. */
function reference(value: unknown, at: OptionPlace): string {
  if (typeof value !== 'string' || !/^[!-~]+$/.test(value) || value.startsWith('-')) {
    const wanted = "a reference such as 'ghcr.io/acme/x:1.4'";
    throwInvalidOption({ ...at, given: value, wanted });
  }
  return value;
}

const REPOSITORY = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;

function repositoryName(value: unknown, at: OptionPlace): string {
  if (typeof value !== 'string' || !REPOSITORY.test(value)) {
    throwInvalidOption({ ...at, given: value, wanted: "a name such as 'langid' or 'team/langid'" });
  }
  return value;
}

/** A package: it stands in a command line, and may not be taken for an option. */
function word(value: unknown, at: OptionPlace): string {
  if (typeof value !== 'string' || !/^[^\s\0-]\S*$/.test(value) || value.includes('\0')) {
    throwInvalidOption({ ...at, given: value, wanted: 'the name of a package' });
  }
  return value;
}

/** A requirement may hold blanks: `x >= 2; python_version < "3.13"`. */
function line(value: unknown, at: OptionPlace): string {
  if (typeof value !== 'string' || !/^[^\s-][^\0\r\n]*$/.test(value)) {
    throwInvalidOption({ ...at, given: value, wanted: "a requirement such as 'numpy==2.1.0'" });
  }
  return value;
}

/** In the author's order, which steps are taken in. */
function listOf(parse: (value: unknown, at: OptionPlace) => string) {
  return (value: unknown, at: OptionPlace): readonly string[] => {
    if (!Array.isArray(value)) {
      throwInvalidOption({ ...at, given: value, wanted: 'an array of strings' });
    }
    return value.map((it, index) => parse(it, below(at, String(index))));
  };
}

function copies(value: unknown, at: OptionPlace): ImageRecipe['copy'] {
  const wanted = "an object such as { scripts: '/app/scripts' }";
  // In the author's order: a later one may go on top of an earlier one.
  return Object.entries(parseRecord(value, at, wanted)).map(([path, to]) => ({
    from: workspacePath(path, at),
    to: imagePath(to, below(at, path)),
  }));
}

/** `./scripts/` is `scripts`. */
function workspacePath(path: string, at: OptionPlace): string {
  const parts = path.split('/').filter((it) => it !== '' && it !== '.');
  const isOutside = path.startsWith('/') || parts.includes('..') || /[\\\0\r\n]/.test(path);
  if (isOutside || path === '') {
    const wanted = 'a path relative to the root of the workspace, and below it';
    throwInvalidOption({ ...at, path: `${at.path}[${quote(path)}]`, given: path, wanted });
  }
  return parts.length === 0 ? '.' : parts.join('/');
}

function imagePath(value: unknown, at: OptionPlace): string {
  const isPath = typeof value === 'string' && value.startsWith('/') && !/[\0\r\n]/.test(value);
  if (!isPath || value.split('/').includes('..')) {
    throwInvalidOption({ ...at, given: value, wanted: 'an absolute path in the image' });
  }
  return value;
}

function variables(value: unknown, at: OptionPlace): Readonly<Record<string, string>> {
  const found = recordOf(anyText, 'an object of strings')(value, at);
  for (const [name, content] of Object.entries(found)) {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throwInvalidOption({ ...at, given: name, wanted: 'the name of a variable' });
    }
    if (/[\0\r\n]/.test(content)) {
      throwInvalidOption({ ...below(at, name), given: content, wanted: 'one line of text' });
    }
  }
  return found;
}
