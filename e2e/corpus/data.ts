import { chmodSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { edit, mutation, type Change, type Mutation } from './mutation.ts';

const INPUT = 'input.json';
const A_WHILE_AGO = new Date(1_600_000_000_000);

const input = (from: string, to: string): Change => edit(INPUT, from, to);

/** Inputs, by the path of the field that differs (V1, V5, V6, Q4, Q5). */
export const inputs: readonly Mutation[] = [
  mutation('a text in a list', input('c,d,e', 'c,d,x'), ['parse', 'main']),
  mutation('a text with an equal result', input('" a,b "', '"a,b "'), ['parse', 'main']),
  mutation('an item more', input('"f"]', '"f","g,h"]'), ['parse', 'total', 'main']),
  mutation('an item less', input('"c,d,e","f"', '"c,d,e"'), ['total', 'main']),
  mutation('the order of a list', input('"c,d,e","f"', '"f","c,d,e"'), ['total', 'main']),
  mutation('an item twice', input('"f"]', '"f","f"]'), ['total', 'main']),
  mutation('a nested number', input('12.34', '12.35'), ['weigh', 'main']),
  mutation('a nested number with an equal result', input('12.34', '12.31'), ['weigh', 'main']),
  mutation('a nested text', input('"unit":"g"}},{', '"unit":"mg"}},{'), ['weigh', 'main']),
  mutation('the order of keys', input('{"grams":20,"unit":"g"}', '{"unit":"g","grams":20}'), [
    'weigh',
    'main',
  ]),
  mutation('a name of a row', input('"id":"r2"', '"id":"r3"'), ['weigh', 'main']),
  mutation(
    'a row more',
    input('{"id":"r2"', '{"id":"r0","weight":{"grams":1,"unit":"g"}},{"id":"r2"'),
    ['weigh', 'main'],
  ),
  mutation('a number that several tasks get', input('"value":4', '"value":5'), [
    'scaled',
    'pinned',
    'salted',
    'blind',
    'boxed',
    'main',
  ]),
  mutation(
    'minus zero',
    { before: input('"value":4', '"value":0'), replaced: [[INPUT, '"value":0', '"value":-0']] },
    ['scaled', 'pinned', 'salted', 'blind', 'boxed', 'main'],
  ),
  mutation('the spelling of a number', input('"value":4', '"value":4.0'), []),
  mutation('an ignored input', input('"note":"first"', '"note":"second"'), ['main']),
  mutation('a text that selects', input('"name":"low"', '"name":"high"'), [
    'limit',
    'label',
    'sort',
    'main',
  ]),
  mutation('a text in another case', input('"name":"low"', '"name":"Low"'), [
    'limit',
    'label',
    'sort',
    'main',
  ]),
  mutation(
    'a text in another normal form',
    { before: input('"name":"low"', '"name":"\u00e9"'), replaced: [[INPUT, '\u00e9', 'e\u0301']] },
    ['limit', 'label', 'sort', 'main'],
  ),
  mutation('a key of a table', input('"unit":"kg"', '"unit":"g"'), ['convert', 'main']),
  mutation('the layout of the input file', { touch: (root) => reformat(join(root, INPUT)) }, []),
  mutation('the bytes of a file', { files: { 'data/one.txt': 'one more\n' } }, ['size', 'main']),
  mutation('the bytes of a file, with an equal result', { files: { 'data/one.txt': 'eno\n' } }, [
    'size',
    'main',
  ]),
  mutation(
    'the name of a file',
    { files: { 'uno.txt': 'one\n' }, replaced: [[INPUT, 'data/one.txt', 'uno.txt']] },
    ['size', 'main'],
  ),
  mutation(
    'the folder of a file',
    { files: { 'other/one.txt': 'one\n' }, replaced: [[INPUT, 'data/one.txt', 'other/one.txt']] },
    [],
  ),
  mutation(
    'the times of a file',
    { touch: (root) => utimesSync(join(root, 'data/one.txt'), A_WHILE_AGO, A_WHILE_AGO) },
    [],
  ),
  mutation(
    'a field that is no field of the type',
    input('"note":"first"', '"note":"first","odd":1'),
    'rejected',
  ),
  mutation('a text in the place of a number', input('"value":4', '"value":"4"'), 'rejected'),
  mutation('an input that is missing', input(',"note":"first"', ''), 'rejected'),
  mutation('a file that is missing', input('data/one.txt', 'data/three.txt'), 'rejected'),
];

function reformat(path: string): void {
  const text = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')), null, 2);
  writeFileSync(path, text);
}

/** Files that a task reads without declaring them (O1, O2), and variables (O6). */
export const observed: readonly Mutation[] = [
  mutation('a file that is read', { files: { 'config/settings.json': '{ "depth": 4 }\n' } }, [
    'settings',
    'main',
  ]),
  mutation(
    'a file that is read, one byte',
    { files: { 'config/settings.json': '{ "depth": 3 } ' } },
    ['settings', 'main'],
  ),
  mutation(
    'a file that is read, the same bytes again',
    { files: { 'config/settings.json': '{ "depth": 3 }\n' } },
    [],
  ),
  mutation(
    'a file that is read, its times',
    { touch: (root) => utimesSync(join(root, 'config/settings.json'), A_WHILE_AGO, A_WHILE_AGO) },
    [],
  ),
  mutation(
    'a file that is read, its mode',
    { touch: (root) => chmodSync(join(root, 'config/settings.json'), 0o600) },
    [],
  ),
  mutation('a file that was absent appears', { files: { 'config/optional.json': '{}\n' } }, [
    'optional',
    'main',
  ]),
  mutation(
    'a file that was absent appears with an equal result',
    { files: { 'config/optional.json': 'none' } },
    ['optional'],
  ),
  mutation(
    'a file that was there goes',
    {
      before: { files: { 'config/optional.json': '{}\n' } },
      files: { 'config/optional.json': null },
    },
    ['optional', 'main'],
  ),
  mutation('a neighbour of a file that is read', { files: { 'config/other.json': '{}\n' } }, []),
  mutation('a name in a folder that is listed', { files: { 'data/three.txt': '3\n' } }, [
    'names',
    'main',
  ]),
  mutation('a name goes from a folder that is listed', { files: { 'data/two.txt': null } }, [
    'names',
    'main',
  ]),
  mutation(
    'a name in a folder that is listed changes',
    { touch: (root) => renameSync(join(root, 'data/two.txt'), join(root, 'data/zwo.txt')) },
    ['names', 'main'],
  ),
  mutation(
    'the content of a file in a folder that is listed',
    { files: { 'data/two.txt': 'zwo\n' } },
    [],
  ),
  mutation(
    'a name in a folder below',
    { before: { files: { 'data/deep/a.txt': 'a' } }, files: { 'data/deep/b.txt': 'b' } },
    [],
  ),
  mutation('a variable that is read is set', { variables: { MODE: 'fast' } }, ['mode', 'main']),
  mutation(
    'a variable that is read is set to what its default is',
    { variables: { MODE: 'plain' } },
    ['mode'],
  ),
  mutation(
    'a variable that is read changes',
    { before: { variables: { MODE: 'fast' } }, variables: { MODE: 'slow' } },
    ['mode', 'main'],
  ),
  mutation(
    'a variable that is read goes',
    { before: { variables: { MODE: 'fast' } }, variables: {} },
    ['mode', 'main'],
  ),
  mutation('a declared variable is set', { variables: { REGION: 'north' } }, ['region', 'main']),
  mutation(
    'a declared variable changes',
    { before: { variables: { REGION: 'north' } }, variables: { REGION: 'south' } },
    ['region', 'main'],
  ),
  mutation('a variable that nobody reads', { variables: { OTHER: '1' } }, []),
  mutation('the terminal', { variables: { TERM: 'xterm', COLORTERM: 'truecolor', CI: '1' } }, []),
  mutation(
    'the time zone and the language',
    { variables: { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' } },
    [],
  ),
  mutation('the user', { variables: { USER: 'other', LOGNAME: 'other', SHLVL: '3' } }, []),
];
