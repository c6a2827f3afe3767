/** From here on a worker runs on it: `engines` of Skein's package.json, `>=24.21`. */
const OLDEST_NODE = [24, 21] as const;
const VERSION = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})$/;

/** The version where workers run on it, else `undefined`: then Skein's own Node is mounted. */
export function usableNode(version: string | undefined): string | undefined {
  const match = VERSION.exec(version ?? '');
  if (match === null) return undefined;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return isOld ? undefined : `${major}.${minor}.${Number(match[3])}`;
}
