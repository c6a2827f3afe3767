import type { ProjectConfig } from 'skein';

/** What the module of a configuration was found to say, in a form that survives being kept. */
export interface Reading {
  /** Names of the fields of its default export. */
  readonly fields: readonly string[];
  readonly project: ProjectConfig;
}

/** Several facts about one file, as a person reads them; `error[config-invalid]` everywhere. */
export class ConfigError extends Error {
  constructor(headline: string, facts: readonly (readonly [string, string])[], hint: string) {
    const width = Math.max(...facts.map(([name]) => name.length));
    super(
      [
        `error[config-invalid]: ${headline}`,
        ...facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
        `  hint: ${hint}`,
      ].join('\n'),
    );
    this.name = 'ConfigError';
    // Nx prints stacks; this one would be of ours, and says nothing to anybody.
    this.stack = this.message;
  }
}

const FIELDS: readonly string[] = ['entry', 'task', 'input'];

/** Whether the configuration at the root of a workspace says that the root is a pipeline. */
export function isPipeline({ fields }: Reading): boolean {
  return fields.some((name) => FIELDS.includes(name));
}

/**
 * The configuration of a project, checked: what it may not have is an error and never left out.
 * At the root of the workspace further fields hold for every run, and `skein` checks them.
 */
export function checkReading(
  file: string,
  { fields, project }: Reading,
  at: { readonly root: boolean },
): ProjectConfig {
  const unknown = at.root ? [] : fields.filter((name) => !FIELDS.includes(name));
  const { entry, task, input } = project;
  const wrong = [
    ...unknown.map((name) => [name, 'no such field'] as const),
    ...wrongText('entry', entry),
    ...wrongText('task', task),
    ...(input === undefined || isObject(input)
      ? []
      : [['input', 'not an object of inputs by parameter name'] as const]),
  ];
  if (wrong.length === 0) return project;
  throw new ConfigError(
    `the configuration "${file}" is not valid`,
    wrong,
    at.root
      ? '"entry" and "task" are texts, "input" is an object'
      : 'that of a project may have "entry", "task" and "input"; what holds for every run ' +
          'stands in the one at the root of the workspace',
  );
}

function wrongText(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (value === undefined || (typeof value === 'string' && value !== '')) return [];
  return [[name, 'not a text']];
}

function isObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]';
}
