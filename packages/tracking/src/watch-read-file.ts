import { digestOf } from '@skein/values';
import { wantedEncoding, withoutEncoding } from './encoding.ts';
import type { Watch } from './forms.ts';
import { openFlags } from './open-flags.ts';
import { descriptorOf } from './open-files.ts';
import { aroundReading } from './watch-open.ts';

/**
 * `readFile`: what is handed over whole is hashed as it is handed over (O4). The bytes are asked
 * for, and decoded here as Node does: with `toString`, a byte order mark included.
 */
export const watchReadFile: Watch = (access, [source, options]) => {
  if (descriptorOf(source) !== undefined) return aroundReading(access, source);
  const encoding = wantedEncoding(options);
  const flags = openFlags(flagOf(options));
  const path = access.path(source) ?? (flags.writes ? access.changed(source) : undefined);
  if (path === undefined || encoding === undefined || encoding === 'buffer') return undefined;
  if (flags.writes) access.writeObserved(path);
  return {
    args: encoding === null ? [source, options] : [source, withoutEncoding(options)],
    done: (result) => {
      const bytes = result as Buffer;
      access.file(path, digestOf('blob', bytes));
      return encoding === null ? bytes : bytes.toString(encoding);
    },
    failed: (error) => access.failed(path, 'file', error),
  };
};

function flagOf(options: unknown): unknown {
  return typeof options === 'object' && options !== null && 'flag' in options
    ? options.flag
    : undefined;
}
