/** One step that is neither a property nor an index, such as the data of a codec. */
export class Step {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What leads from a container to a value in it; a number counts elements. */
export type PathKey = string | number | Step | undefined;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
/** More of a path than this helps nobody. */
const SHOWN_STEPS = 24;

/** The author's way to write the path: `result.items[3].socket`, `rows.get("a")`. */
export function pathText(
  root: string,
  holders: readonly unknown[],
  keys: readonly PathKey[],
): string {
  const steps: string[] = [];
  for (let depth = 1; depth < holders.length && keys[depth] !== undefined; depth++) {
    steps.push(stepText(holders[depth], keys[depth]));
  }
  if (steps.length <= SHOWN_STEPS) return root + steps.join('');
  const half = SHOWN_STEPS / 2;
  return `${root}${steps.slice(0, half).join('')} … ${steps.slice(-half).join('')}`;
}

/** `.name`, or `["other name"]`. */
export function propertyStep(name: string): string {
  return IDENTIFIER.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function stepText(holder: unknown, key: PathKey): string {
  if (key instanceof Step) return key.text;
  if (typeof key === 'string') return propertyStep(key);
  const index = key ?? 0;
  if (holder instanceof Set) return `.values()[${index}]`;
  return holder instanceof Map ? mapStepText(holder, index) : `[${index}]`;
}

/** A Map counts its keys and values in turn. */
function mapStepText(map: Map<unknown, unknown>, index: number): string {
  const entry = index >> 1;
  if (index % 2 === 0) return `.keys()[${entry}]`;
  const key = [...map.keys()][entry];
  const simple = typeof key === 'string' || typeof key === 'number';
  return simple ? `.get(${JSON.stringify(key)})` : `.values()[${entry}]`;
}
