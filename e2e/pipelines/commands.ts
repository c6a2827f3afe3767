import { CommandError, environment, File, json } from 'skein';
import { FIRST } from './images.ts';

const env = environment({ name: 'commands', cache: 'auto' });

interface Counted {
  readonly lines: number;
  readonly words: number;
}

/** A script of the workspace, in a language that is not ours. */
export const count = env.command({
  image: FIRST,
  command: [
    'python3',
    'e2e/pipelines/count.py',
    '{inputs.text}',
    '{outputs.counts}',
    '{inputs.least}',
  ],
  inputs: { text: 'file', least: 'number' },
  outputs: { counts: json<Counted>(), said: 'stdout' },
});

/** A pipeline of a shell. */
export const top = env.command({
  image: FIRST,
  command:
    'tr " " "\\n" < {inputs.text} | sort | uniq -c | sort -rn ' +
    '| head -n {inputs.rows} > {outputs.list}',
  inputs: { text: 'file', rows: 'number' },
  outputs: { list: 'text' },
});

export const fails = env.command({
  image: FIRST,
  command: 'echo "it is broken" >&2; exit 3',
  inputs: {},
  outputs: {},
});

export const forgets = env.command({
  image: FIRST,
  command: 'echo hello',
  inputs: {},
  outputs: { model: 'file' },
});

export const links = env.command({
  image: FIRST,
  command: 'mkdir {outputs.folder}; ln -s /etc/passwd {outputs.folder}/innocent',
  inputs: {},
  outputs: { folder: 'dir' },
});

export const linksFile = env.command({
  image: FIRST,
  command: 'ln -s /etc/passwd {outputs.file}',
  inputs: {},
  outputs: { file: 'file' },
});

/** No image: on this machine. */
export const plain = env.command({
  command: ['sh', '-c', 'cat "$1" | wc -c > "$2"', 'sh', '{inputs.text}', '{outputs.size}'],
  inputs: { text: 'file' },
  outputs: { size: 'number' },
});

export const main = env.task(async (words: string): Promise<unknown> => {
  const text = await File.from(Buffer.from(words), { name: 'words.txt' });
  const { counts, said } = await count({ text, least: 2 });
  const { list } = await top({ text, rows: 1 });
  const { size } = await plain({ text });
  return { counts, said, list: list.trim(), size };
});

export const caught = env.task(async (): Promise<unknown> => {
  try {
    await fails({});
    return 'succeeded';
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { code: error.exitCode, stderr: error.stderr };
  }
});
