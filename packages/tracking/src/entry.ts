/** Any function, to be found on the stack. */
export type Entry = (...args: never[]) => unknown;

let entry: Entry | undefined;

/** What is above this function on the stack is tracking's own, and below it whoever called. */
export function currentEntry(): Entry | undefined {
  return entry;
}

/** Looks at a call that came in by `at`, as long as it is on the stack. */
export function enter(at: Entry | undefined, look: () => void): void {
  const before = entry;
  entry = at;
  try {
    look();
  } finally {
    entry = before;
  }
}
