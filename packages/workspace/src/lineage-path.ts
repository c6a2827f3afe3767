import { type Part, encode, fileReference, partPath, partsIn } from '@skein/values';

/** A part that a path leads to, or how far it led. */
export type Followed =
  | { readonly ok: true; readonly path: string; readonly bytes: Uint8Array }
  | {
      readonly ok: false;
      readonly reached: string;
      readonly missing: string;
      readonly there: readonly string[];
    };

/** `.get("a")` and `.file("a")`, `["a"]`, `.values()[3]`, `[3]`, `.a`: each is one group. */
const WAYS = [
  /\.(?:get|file)\("((?:[^"\\]|\\.)*)"\)/,
  /\["((?:[^"\\]|\\.)*)"\]/,
  /\.((?:keys|values)\(\)\[\d+\])/,
  /\[(\d+)\]/,
  /\.([^.[("\s]+)/,
];
const STEP = new RegExp(WAYS.map(({ source }) => source).join('|'), 'y');

/** The steps of a path such as `.rows[3].text`; `undefined`: it is none. */
export function stepsOf(path: string): readonly string[] | undefined {
  const steps: string[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const found = STEP.exec(path);
    if (found === null) return undefined;
    const [, quoted, bracketed, place, index, name] = found;
    const text = quoted ?? bracketed;
    steps.push(text === undefined ? (place ?? index ?? name ?? '') : unquote(text));
  }
  return steps;
}

/** What stands at a path in an encoded value. */
export function follow(bytes: Uint8Array, steps: readonly string[]): Followed {
  const parts = partsIn(bytes, { small: true });
  let at = 0;
  for (const missing of steps) {
    const inside = childrenOf(parts, at);
    const found = inside.find((child) => nameOf(parts[child]) === missing);
    if (found === undefined) {
      const there = inside.map((child) => parts[child]?.step ?? '');
      return { ok: false, reached: partPath(parts, at), missing, there };
    }
    at = found;
  }
  return { ok: true, path: partPath(parts, at), bytes: bytesOf(bytes, parts[at] as Part) };
}

/** The encoding of a part; a file in a folder has none of its own there. */
export function bytesOf(bytes: Uint8Array, part: Part): Uint8Array {
  if (part.content === undefined || part.end > part.start) {
    return bytes.subarray(part.start, part.end);
  }
  const path = nameOf(part);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return encode(fileReference({ name, digest: part.content }));
}

/** What lies directly in a part; an embedded encoding is as what it holds. */
function childrenOf(parts: readonly Part[], holder: number): readonly number[] {
  const children: number[] = [];
  const end = parts[holder]?.next ?? 0;
  for (let at = holder + 1; at < end; at = parts[at]?.next ?? end) {
    if (parts[at]?.step === '') children.push(...childrenOf(parts, at));
    else children.push(at);
  }
  return children;
}

/** A step without its writing: `.get("a")`, `["a"]` and `.a` are all `a`. */
function nameOf(part: Part | undefined): string {
  return stepsOf(part?.step ?? '')?.[0] ?? '';
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}
