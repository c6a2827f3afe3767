import { edit, mutation, type Mutation } from './mutation.ts';

const MAIN = 'src/main.ts';
const LOCK = 'skein.images.json';
const IMAGE = '1'.repeat(64);
const BOX = `box@sha256:${IMAGE}`;

/** Of one platform after the other. */
const MOVED = [LOCK, '3'.repeat(64), '4'.repeat(64)] as const;

const option = (from: string, to: string) => edit(MAIN, from, to);
/** The options of `total` in place of those it has. */
const total = (options: string) => option("{ retries: 1, timeout: '1m' }", options);

/** Options that say what a result is (Q2–Q6), and options that do not. */
export const options: readonly Mutation[] = [
  mutation('retries', total("{ retries: 2, timeout: '1m' }"), []),
  mutation('a timeout', total("{ retries: 1, timeout: '2m' }"), []),
  mutation('no options', total('{}'), []),
  mutation('resources', total('{ resources: { cpu: 1 } }'), []),
  mutation('labels', total("{ labels: { a: 'b' } }"), []),
  mutation('a title', total("{ title: 'Sum' }"), []),
  mutation('reuse', total('{ reuse: { concurrency: 2 } }'), []),
  mutation('strict', total('{ strict: true }'), []),
  mutation('caching off', total("{ cache: 'disable' }"), ['total']),
  mutation('caching said aloud', total("{ cache: 'auto' }"), []),
  mutation('an age that is far', total("{ cache: { maxAge: '7d' } }"), []),
  mutation('a salt', total("{ cache: { salt: 'b' } }"), ['total']),
  mutation('another salt', option("salt: 'a'", "salt: 'b'"), ['salted']),
  mutation('a salt less', option("{ cache: { salt: 'a' } }", '{}'), ['salted']),
  mutation('another version', option("version: '1'", "version: '2'"), ['pinned']),
  mutation('a version in place of the code', total("{ cache: { version: '1' } }"), ['total']),
  mutation('the code in place of a version', option("{ cache: { version: '1' } }", '{}'), [
    'pinned',
  ]),
  mutation(
    'an input that is ignored no more',
    option("{ cache: { ignoredInputs: ['note'] } }", '{}'),
    ['blind'],
  ),
  mutation(
    'another input that is ignored',
    option("ignoredInputs: ['note']", "ignoredInputs: ['value']"),
    ['blind'],
  ),
  mutation(
    'an ignored input that is none',
    option("ignoredInputs: ['note']", "ignoredInputs: ['notes']"),
    'rejected',
  ),
  mutation(
    'a declared variable more',
    option("variables: ['REGION']", "variables: ['REGION', 'ZONE']"),
    ['region'],
  ),
  mutation(
    'a declared variable that is set by the author',
    option("variables: ['REGION']", "variables: { REGION: 'east' }"),
    ['region', 'main'],
  ),
  mutation('a declared variable less', option("{ variables: ['REGION'] }", '{}'), ['region']),
  mutation('the digest of an image', option(IMAGE, '2'.repeat(64)), ['boxed']),
  mutation(
    'the name of an image with the same digest',
    option('example.org/box@', 'example.org/other@'),
    [],
  ),
  mutation('an image less', option(`image: 'example.org/box@sha256:${IMAGE}', `, ''), ['boxed']),
  mutation('an image by a tag that stands for it', option(BOX, 'box:1.0'), []),
  mutation('an image by a tag that stands for another', option(BOX, 'box:1.1'), ['boxed']),
  mutation(
    'a tag that stands for another image now',
    { replaced: [MOVED, MOVED], before: option(BOX, 'box:1.1') },
    ['boxed'],
  ),
  mutation(
    'an image that is nowhere',
    option(`example.org/${BOX}`, 'localhost:9/box:1.0'),
    'rejected',
  ),
  mutation('the name of the environment', option("name: 'corpus'", "name: 'other'"), []),
  mutation('an option that there is not', total('{ retry: 1 } as object'), 'rejected'),
  mutation('a task forced', { flags: ['--force-task', 'limit'] }, ['limit']),
  mutation('two tasks forced', { flags: ['--force-task', 'limit', '--force-task', 'sort'] }, [
    'limit',
    'sort',
  ]),
  mutation('a forced task that there is not', { flags: ['--force-task', 'limits'] }, 'rejected'),
  mutation('a strict run', { flags: ['--strict'] }, []),
  mutation('another concurrency', { flags: ['--concurrency', '1'] }, []),
  mutation('a label of the run', { flags: ['--label', 'a=b'] }, []),
];
