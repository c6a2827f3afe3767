import { alignFacts, plain, type Style } from '@skein/view';
import { commands, type CommandSpec, type OptionSpec } from './specs.ts';

const WIDTH = 80;

/** `skein --help`. */
export function renderHelp(style: Style): string {
  return [
    'skein runs plain TypeScript pipelines the way a build system runs a build.',
    '',
    style.strong('usage'),
    ...commands.map((command) => `  skein ${usageOf(command)}`),
    '',
    style.strong('commands'),
    ...table(commands.map(listed)),
    '',
    ...table([
      ['--help', 'show this help; "skein help <command>" shows that of a command'],
      ['--version', 'show the version of skein'],
    ]),
    '',
    ...wrap('State is kept in ".skein" at the root of the workspace, or where SKEIN_STATE says.'),
  ].join('\n');
}

/** `skein help <command>`. */
export function renderCommandHelp(command: CommandSpec, style: Style): string {
  return [
    `skein ${command.name}: ${command.summary}`,
    '',
    style.strong('usage'),
    `  skein ${usageOf(command)}`,
    '',
    ...section(
      'arguments',
      command.positionals.map(({ name, doc }) => [`<${name}>`, doc]),
      style,
    ),
    ...section('commands', (command.commands ?? []).map(listed), style),
    ...section('flags', shownOptions(command).map(describeOption), style),
    ...examplesOf(command, style),
    ...(command.notes ?? []).flatMap((note) => [...wrap(note), '']),
  ]
    .join('\n')
    .trimEnd();
}

function examplesOf({ examples = [] }: CommandSpec, style: Style): readonly string[] {
  if (examples.length === 0) return [];
  return [style.strong('examples'), ...examples.map((it) => `  ${it}`), ''];
}

function listed({ name, summary }: CommandSpec): [string, string] {
  return [name, summary];
}

/** Names and what they are, in two columns; long text goes on below itself. */
export function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  const wrapped = rows.map(([name, text]): [string, string] => {
    return [name, wrap(text, WIDTH - width - 4).join('\n')];
  });
  return alignFacts(wrapped, plain);
}

export function section(
  title: string,
  rows: readonly (readonly [string, string])[],
  style: Style,
): readonly string[] {
  return rows.length === 0 ? [] : [style.strong(title), ...table(rows), ''];
}

/** Breaks at spaces, so that no line is longer than `width` unless a word is. */
export function wrap(text: string, width = WIDTH): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function usageOf({ name, positionals, takesTaskFlags, onlyBegins }: CommandSpec): string {
  if (onlyBegins === true) return `${name} <command> [flags]`;
  const words = positionals.map((it) => {
    const name = it.repeats === true ? `${it.name}…` : it.name;
    return it.required ? `<${name}>` : `[${name}]`;
  });
  const flags = takesTaskFlags === true ? '[flags] [-- flags of the task]' : '[flags]';
  return [name, ...words, flags].join(' ');
}

function shownOptions({ options }: CommandSpec): readonly OptionSpec[] {
  return options.filter(({ hidden }) => hidden !== true);
}

function describeOption({
  name,
  short,
  value,
  choices,
  repeats,
  optional,
  doc,
}: OptionSpec): [string, string] {
  const argument = choices?.join('|') ?? (value === undefined ? undefined : `<${value}>`);
  const names = short === undefined ? `--${name}` : `-${short}, --${name}`;
  const more = repeats === true ? '; may be repeated' : '';
  if (argument === undefined) return [names, `${doc}${more}`];
  const written = optional === true ? `${names}[=${argument}]` : `${names} ${argument}`;
  return [written, `${doc}${more}`];
}
