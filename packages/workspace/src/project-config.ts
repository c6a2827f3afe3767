import { type Fact, describe, isRecord } from './config-fact.ts';

/** Of a workspace that is one project: what its Nx targets run. No run reads it. */
export const PROJECT_FIELDS: readonly string[] = ['entry', 'task', 'input'];

export function wrongProject(content: Readonly<Record<string, unknown>>): readonly Fact[] {
  const { entry, task, input } = content;
  return [
    ...wrongText('entry', entry),
    ...wrongText('task', task),
    ...(input === undefined || isRecord(input)
      ? []
      : [['input', `${describe(input)}, not an object of inputs`] as const]),
  ];
}

function wrongText(name: string, value: unknown): readonly Fact[] {
  if (value === undefined || (typeof value === 'string' && value !== '')) return [];
  return [[name, `${describe(value)}, not a text`]];
}
