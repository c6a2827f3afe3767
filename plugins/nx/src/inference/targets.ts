import { posix } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import type { ProjectConfig } from 'skein';
import type { TargetNames } from './plugin-options.ts';

/** What a project's configuration leaves out. */
export const DEFAULT_ENTRY = 'src/main.ts';

export interface TargetsRequest {
  /** From the root of the workspace; `.` is the root. */
  readonly projectRoot: string;
  readonly config: ProjectConfig;
  readonly names: TargetNames;
}

/** The targets of a project that is a pipeline. None of them may be cached by Nx. */
export function targetsOf(request: TargetsRequest): Readonly<Record<string, TargetConfiguration>> {
  const { projectRoot, config, names } = request;
  const { entry = DEFAULT_ENTRY, task, input } = config;
  const file = posix.join(projectRoot, entry);
  const what = task === undefined ? file : `${file}#${task}`;
  const command = [file, ...(task === undefined ? [] : [task])].join(' ');
  const of = {
    entry: `{projectRoot}/${posix.normalize(entry)}`,
    ...(task === undefined ? {} : { task }),
  };
  const withInput = { ...of, ...(input === undefined ? {} : { input }) };
  return {
    [names.execute]: target('execute', withInput, {
      description: `Executes what is not already known of ${what}`,
      help: `npx skein run ${command} --help`,
      example: { args: ['--name=value'] },
    }),
    [names.plan]: target('plan', withInput, {
      description: `Says what a run of ${what} would execute and reuse`,
      help: `npx skein plan ${command} --help`,
      example: { json: true },
    }),
    [names.verify]: target('verify', of, {
      description: `Executes the newest run of ${what} again, and compares`,
      help: 'npx skein verify --help',
      example: { run: 'last' },
    }),
  };
}

interface About {
  readonly description: string;
  readonly help: string;
  readonly example: Readonly<Record<string, unknown>>;
}

function target(executor: string, options: object, about: About): TargetConfiguration {
  const { description, help, example } = about;
  return {
    executor: `@skein/nx:${executor}`,
    cache: false,
    options,
    metadata: {
      technologies: ['skein'],
      description,
      help: { command: help, example: { options: example } },
    },
  };
}
