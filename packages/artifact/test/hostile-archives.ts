import { constants, zstdCompressSync } from 'node:zlib';
import { digestHex, digestOf } from '@skein/values';
import { BLOCK_BYTES, FILE_PREFIX, MARKER, VALUE_ENTRY } from '../src/format.ts';
import type { RefusalReason } from '../src/refusal.ts';
import { END, blocksOf, compressed, rawTar, tarOf } from './hostile.ts';
import type { HostileEntry } from './hostile.ts';

/** The bytes of each hostile archive by what is wrong with it, below the reason to refuse it. */
export type HostileArchives = Readonly<Record<RefusalReason, Readonly<Record<string, Archive>>>>;

export interface Archive {
  readonly bytes: Uint8Array;
  /** True where it is a tar that was not compressed. */
  readonly isPlain?: boolean;
}

const nameOf = (content: string | Uint8Array): string =>
  FILE_PREFIX + digestHex(digestOf('blob', content));

const CONTENT = 'content';
/** The one file that readers of these archives ask for. */
export const WANTED = digestOf('blob', CONTENT);
const good: HostileEntry = { path: nameOf(CONTENT), content: CONTENT };
const [one, two] = ['one', 'two']
  .map((content): HostileEntry => ({ path: nameOf(content), content }))
  .sort((left, right) => ((left.path ?? '') < (right.path ?? '') ? -1 : 1)) as [
  HostileEntry,
  HostileEntry,
];
const HEX = digestHex(WANTED);

const zip = (tar: Uint8Array): Archive => ({ bytes: compressed(tar) });
const plain = (bytes: Uint8Array): Archive => ({ bytes, isPlain: true });
/** The good file, then an entry under this name. */
const named = (path: string): Archive => zip(tarOf([good, { path, content: CONTENT }]));
const typed = (type: NonNullable<HostileEntry['type']>, content = ''): Archive =>
  zip(tarOf([{ ...good, type, content, linkpath: type.includes('Link') ? '/etc/passwd' : '' }]));
const spoilt = (spoil: (header: Buffer) => void, entry = good): Archive =>
  zip(tarOf([{ ...entry, spoil }]));
const typeOf = (flag: string): Archive => spoilt((header) => header.write(flag, 156, 'latin1'));
const sized = (bytes: readonly number[]): Archive =>
  spoilt((header) => header.set(bytes, 124), { ...good, content: '' });
const damagedAt = (bytes: Buffer, at: number): Buffer => {
  const damaged = Buffer.from(bytes);
  damaged[at] = (damaged[at] ?? 0) ^ 0xff;
  return damaged;
};

const whole = tarOf([good]);
const checked = zstdCompressSync(whole, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
/** A frame that decoders skip, of a kibibyte. */
const skippable = Buffer.concat([Buffer.from('502a4d1800040000', 'hex'), Buffer.alloc(1_024, 'x')]);
/** A frame with one empty block, whose decoder would have to keep two tebibytes. */
const hugeWindow = Buffer.from('28b52ffd00f8010000', 'hex');
/** A frame of one segment that says it becomes a tebibyte. */
const hugeSegment = Buffer.from('28b52ffde00000000000010000010000', 'hex');
const zeros = Buffer.alloc(32 << 20);

export const HOSTILE: HostileArchives = {
  absolute: {
    root: named('/etc/escaped'),
    drive: named('C:/escaped'),
    'drive-relative': named('c:value'),
    server: named('\\\\server\\share'),
    device: named('\\\\.\\CON'),
  },
  'bomb-count': { 'three-entries': zip(tarOf([one, two])) },
  'bomb-ratio': { zeros: zip(tarOf([{ path: nameOf(zeros), content: zeros }])) },
  'bomb-size': {
    /** 2 ** 40, as base 256. */
    declared: sized([0x80, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]),
    window: { bytes: hugeWindow },
    segment: { bytes: hugeSegment },
  },
  'case-folding': {
    folder: named(`FILES/${HEX}`),
    'mixed-folder': named(`Files/${HEX}`),
    digits: named(`${FILE_PREFIX}${'A'.repeat(64)}`),
    value: named('Value'),
    marker: named(MARKER.toUpperCase()),
  },
  damaged: {
    'header-checksum': zip(damagedAt(whole, BLOCK_BYTES + 150)),
    'header-name': zip(damagedAt(whole, BLOCK_BYTES + 20)),
    'no-tar': plain(Buffer.alloc(2_048, 'no tar at all ')),
    'checksum-in-zeros': zip(damagedAt(whole, whole.length - END.length + 150)),
    'negative-size': sized([
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    ]),
    'endless-size': sized([0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    'size-of-words': spoilt((header) => header.write('a few bytes\0', 124, 'latin1')),
    padding: zip(damagedAt(whole, 2 * BLOCK_BYTES + CONTENT.length)),
    frame: { bytes: damagedAt(checked, 12) },
    'frame-checksum': { bytes: damagedAt(checked, checked.length - 1) },
    'frame-dictionary': { bytes: Buffer.from('28b52ffd2107000100', 'hex') },
    'skippable-frame-first': { bytes: Buffer.concat([skippable, checked]) },
  },
  device: {
    character: typed('CharacterDevice'),
    block: typed('BlockDevice'),
    pipe: typed('FIFO'),
  },
  duplicate: {
    file: zip(tarOf([good, good])),
    value: zip(tarOf([{ path: VALUE_ENTRY }, { path: VALUE_ENTRY }])),
    marker: zip(tarOf([{ path: MARKER }])),
  },
  'entry-header': {
    owner: zip(tarOf([{ ...good, uid: 1_000 }])),
    'owner-name': zip(tarOf([{ ...good, uname: 'root' }])),
    program: zip(tarOf([{ ...good, mode: 0o4755 }])),
    time: zip(tarOf([{ ...good, mtime: new Date(1_000_000_000_000) }])),
    'link-name': zip(tarOf([{ ...good, linkpath: '../../escaped' }])),
    'bytes-behind-the-name': spoilt((header) => header.write('/../escaped', 80, 'latin1')),
    'name-in-two-parts': spoilt((header) => {
      header.fill(0, 0, 100);
      header.write(HEX, 0, 'latin1');
      header.write('files', 345, 'latin1');
    }),
    'old-type': typeOf('\0'),
    'gnu-magic': spoilt((header) => header.write('ustar  \0', 257, 'latin1')),
    /** Of seven bytes, which have an octal form. */
    'base-256-size': spoilt((header) => header.set([0x80, ...Array(10).fill(0), 7], 124)),
    'size-with-spaces': spoilt((header) => header.write('          7\0', 124, 'latin1')),
  },
  'entry-type': {
    folder: typed('Directory'),
    'folder-by-its-name': spoilt((header) => header.write('value/\0', 0, 'latin1')),
    pax: typed('ExtendedHeader', '25 path=../../escaped\n'),
    'pax-global': typed('GlobalExtendedHeader', '16 size=1048576\n'),
    'pax-solaris': typed('OldExtendedHeader'),
    'gnu-long-name': typed('NextFileHasLongPath', '../../escaped\0'),
    'gnu-long-link': typed('NextFileHasLongLinkpath', '/etc/passwd\0'),
    sparse: typeOf('S'),
    contiguous: typeOf('7'),
    'multi-volume': typeOf('M'),
    unknown: typeOf('?'),
  },
  link: { hard: typed('Link'), symbolic: typed('SymbolicLink') },
  missing: { file: zip(tarOf([one])), 'any-file': zip(tarOf([])) },
  order: {
    'file-again': zip(tarOf([one, two, one])),
    'files-unsorted': zip(tarOf([two, one])),
    'value-last': zip(tarOf([good, { path: VALUE_ENTRY, content: CONTENT }])),
  },
  trailing: {
    'behind-the-tar': zip(Buffer.concat([whole, Buffer.from('trailing')])),
    'zeros-behind-the-tar': zip(Buffer.concat([whole, Buffer.alloc(BLOCK_BYTES)])),
    'another-tar': zip(Buffer.concat([whole, whole])),
    'one-block-of-zeros': zip(
      Buffer.concat([whole.subarray(0, -BLOCK_BYTES), blocksOf(good), END]),
    ),
    'behind-a-plain-tar': plain(Buffer.concat([whole, Buffer.from('trailing')])),
    'behind-the-frame': { bytes: Buffer.concat([checked, Buffer.from('trailing')]) },
    'zeros-behind-the-frame': { bytes: Buffer.concat([checked, Buffer.alloc(16)]) },
    'second-frame': { bytes: Buffer.concat([checked, compressed(whole)]) },
    'empty-frame': { bytes: Buffer.concat([checked, compressed(Buffer.alloc(0))]) },
    'skippable-frame': { bytes: Buffer.concat([checked, skippable]) },
  },
  traversal: {
    dots: named('../../escaped'),
    nested: named(`${FILE_PREFIX}../../${HEX}`),
    backslashes: named(`files\\..\\..\\${HEX}`),
    last: named(`${FILE_PREFIX}..`),
  },
  truncated: {
    'no-bytes': plain(Buffer.alloc(0)),
    'in-a-header': plain(whole.subarray(0, BLOCK_BYTES + 100)),
    'in-a-file': plain(whole.subarray(0, 2 * BLOCK_BYTES + 3)),
    'before-its-end': plain(whole.subarray(0, -END.length)),
    'one-block-of-zeros': plain(whole.subarray(0, -BLOCK_BYTES)),
    'compressed-before-its-end': zip(whole.subarray(0, -END.length)),
    'in-the-frame': { bytes: checked.subarray(0, checked.length - 8) },
    'magic-alone': { bytes: checked.subarray(0, 4) },
    'entry-larger-than-the-tar': zip(tarOf([{ ...good, size: 1 << 20 }])),
  },
  'unknown-entry': {
    short: named('files/short'),
    below: named(`${FILE_PREFIX}${HEX}/more`),
    dot: named(`./${FILE_PREFIX}${HEX}`),
    'no-name': named(''),
    composed: named('files/caf\u00e9'),
    decomposed: named('files/cafe\u0301'),
    'not-text': spoilt((header) => header.set([0xff, 0xfe], 6)),
    console: named('CON'),
    'alternate-stream': named('files/a:stream'),
    'trailing-dot': named('value.'),
    'line-end': named('value\n'),
    'escape-sequence': named('\u001b[2Jvalue'),
    'zero-byte': spoilt((header) => header.write('files\0', 0, 'latin1')),
  },
  'unknown-format': {
    'no-marker': zip(rawTar([good])),
    'no-entries': zip(rawTar([])),
    'marker-later': zip(rawTar([{ path: VALUE_ENTRY }, { path: MARKER }])),
  },
  'wrong-digest': {
    content: zip(tarOf([{ ...good, content: 'c0ntent' }])),
    shorter: zip(tarOf([{ ...good, content: 'conten' }])),
    empty: zip(tarOf([{ ...good, content: '' }])),
  },
};
