import { basename, dirname } from 'node:path';
import type { Breach, Rule } from './rule.ts';
import { isCode } from './source.ts';

const fileLines = 400;
const lineColumns = 100;
const vague = new Set(
  'util utils helper helpers common shared misc manager managers impl'.split(' '),
);

/** Rules that need no syntax tree. */
export const textRules: readonly Rule[] = [
  {
    name: 'file-length',
    applies: isCode,
    check: ({ text }) => {
      const count = text.trimEnd().split('\n').length;
      if (count <= fileLines) return [];
      const hint = 'split it by noun or verb; what changes together stays together';
      return [{ line: fileLines + 1, message: `${count} lines, at most ${fileLines}`, hint }];
    },
  },
  {
    name: 'line-length',
    applies: isCode,
    check: ({ text }) =>
      eachLine(text, (line) => {
        const columns = line.replace(/https?:\S+/, '').length;
        if (columns <= lineColumns) return undefined;
        const message = `${columns} columns, at most ${lineColumns}`;
        return { message, hint: 'run "npm run format", and break strings and comments by hand' };
      }),
  },
  {
    name: 'file-name',
    applies: isCode,
    check: ({ path }) => {
      const folders = dirname(path).split('/');
      const stem = basename(path).replace(/\..*$/, '');
      const found = [...folders, stem].find((name) => vague.has(name.split(/[-_]/).at(-1) ?? ''));
      if (found === undefined) return [];
      const hint = 'name it for the one noun or verb of the glossary that it is';
      return [{ line: 1, message: `"${found}" names a drawer`, hint }];
    },
  },
  {
    name: 'index-place',
    applies: (path) => basename(path) === 'index.ts',
    check: ({ path }) => {
      if (/^(?:packages|plugins|fixtures)\/[^/]+\/src\/index\.ts$/.test(path)) return [];
      const hint = 'name the file for what it is, and import it by that name';
      return [{ line: 1, message: '"index.ts" below the root of a package', hint }];
    },
  },
  {
    name: 'registry-host',
    applies: () => true,
    check: ({ text }) =>
      eachLine(text, (line) => {
        const host = registryHost.exec(line)?.[0];
        if (host === undefined) return undefined;
        const hint = 'leave it to the configuration of npm; say "the registry"';
        return { message: `names the package registry "${host}"`, hint };
      }),
  },
  {
    name: 'lock-host',
    applies: (path) => basename(path) === 'package-lock.json',
    check: ({ text }) =>
      eachLine(text, (line) => {
        if (!/"resolved": "[a-z+]+:/.test(line)) return undefined;
        const hint = '".npmrc" has omit-lockfile-registry-resolved: write the file again by npm';
        return { message: 'the lock file names where a package was fetched', hint };
      }),
  },
  {
    name: 'machine-path',
    applies: () => true,
    check: ({ text }) =>
      eachLine(text, (line) => {
        if (!machinePath.test(line)) return undefined;
        const hint = 'write it relative to the workspace root, or take it from a parameter';
        return { message: 'a path of one machine', hint };
      }),
  },
];

const registryHost = /(?:registry\.(?:npmjs|yarnpkg|npmmirror)|npm\.pkg\.github|npm\.jsr)\.\w+/;
const machinePath = /(?<![\w.)}/*-])\/work\/\w/;

function eachLine(
  text: string,
  judge: (line: string) => Omit<Breach, 'line'> | undefined,
): readonly Breach[] {
  return text.split('\n').flatMap((content, index) => {
    const found = judge(content);
    return found === undefined ? [] : [{ line: index + 1, ...found }];
  });
}
