/** The oldest Node that Skein runs on: `engines` of its package says the same. */
const NEEDED = [24, 21] as const;

/** Whether Skein runs on this version of Node. */
export function isNodeRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

/**
 * What to tell where Nx runs on a Node that Skein does not, in the words of the `skein` launcher;
 * `undefined` where all is well.
 */
export function refuseOldNode(version: string, executable: string): string | undefined {
  if (isNodeRecent(version)) return undefined;
  const needed = NEEDED.join('.');
  return [
    'error[node-too-old]: skein needs a newer Node',
    `  needed  "${needed}" or newer`,
    `  found   "${version}", "${executable}"`,
    `  hint: install Node ${needed} or newer; where npm brings it, use "npx nx"`,
  ].join('\n');
}
