import type { Stats } from 'node:fs';

/** As `Dir.from` asks; to tracking all code beside tests is Skein's own. */
export function isExecutable(stats: Stats): boolean {
  return (stats.mode & 0o111) !== 0;
}
