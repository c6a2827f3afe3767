import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { answerOf } from '../support/answer.ts';
import { checkCode, start, type CommandRequest, type Started } from '../support/command.ts';
import { openSandbox, repository, type Sandbox } from '../support/sandbox.ts';

/** Below it nothing is observed (O2), so that tasks can write what a test wants to know. */
const UNOBSERVED = '/dev/shm';

const PIPELINE = 'e2e/pipelines/crash.ts';

/** Where rounds are made: a workspace with a copy of Skein that nobody builds anew meanwhile. */
export interface Lab extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** Units of work of the pipeline. */
  readonly size: number;
  /** A state that knows the code, and nothing else. */
  readonly warm: string;
  /** What an undisturbed run gives, in the form of `normal`. */
  readonly expected: string;
  readonly actions: number;
  /** How long it takes from a warm state. */
  readonly durationMs: number;
  /** A folder of one round, for its state, and its ledger. */
  round(name: string): Promise<{ readonly folder: string; readonly ledger: string }>;
  run(command: LabCommand, request: LabRequest): Started;
}

/** `force` runs whatever is known; `gc` removes all that may be removed. */
export type LabCommand = 'run' | 'force' | 'resume' | 'gc';

export interface LabRequest {
  readonly state: string;
  readonly ledger: string;
  readonly variables?: CommandRequest['variables'];
}

export async function openLab(size: number): Promise<Lab> {
  const sandbox = await openSandbox({ folders: ['e2e/pipelines'] });
  const ledgers = await mkdtemp(join(UNOBSERVED, 'skein-crash-'));
  const dispose = async (): Promise<void> => {
    await rm(ledgers, { recursive: true, force: true });
    await sandbox.close();
  };
  try {
    const launcher = await freeze(sandbox);
    const run: Lab['run'] = (command, request) =>
      launch(sandbox, argumentsOf(launcher, command, { ledger: request.ledger, size }), request);
    const round: Lab['round'] = async (name) => {
      const folder = join(sandbox.folder, name);
      await mkdir(folder);
      return { folder, ledger: join(ledgers, name) };
    };
    const undisturbed = await measure({ sandbox, launcher, round, run });
    return { sandbox, size, round, run, ...undisturbed, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function argumentsOf(
  launcher: string,
  command: LabCommand,
  { ledger, size }: { readonly ledger: string; readonly size: number },
): readonly string[] {
  const run = ['run', PIPELINE, 'main', '--ledger', ledger, '--size', String(size)];
  const words = {
    run,
    force: [...run, '--force'],
    resume: ['resume'],
    gc: ['gc', '--keep', '0'],
  }[command];
  return [process.execPath, launcher, ...words, '--json'];
}

function launch(
  sandbox: Sandbox,
  program: readonly string[],
  { state, variables }: LabRequest,
): Started {
  return start(sandbox, program, { variables: { ...variables, SKEIN_STATE: state } });
}

/** Twice: once to know the code, and once more for its time from there. */
async function measure({
  sandbox,
  launcher,
  round,
  run,
}: Pick<Lab, 'sandbox' | 'round' | 'run'> & { readonly launcher: string }): Promise<
  Pick<Lab, 'warm' | 'expected' | 'actions' | 'durationMs'>
> {
  const { folder, ledger } = await round('undisturbed');
  const warm = join(folder, 'warm');
  const tiny = argumentsOf(launcher, 'run', { ledger, size: 1 });
  checkCode(await launch(sandbox, tiny, { state: warm, ledger }).ended, 0);
  for (const name of ['v1', 'blobs', 'files', 'tmp']) {
    await rm(join(warm, name), { recursive: true, force: true });
  }
  await rm(ledger);
  const state = join(folder, 'state');
  await cp(warm, state, { recursive: true });
  const began = performance.now();
  const ended = await run('run', { state, ledger }).ended;
  const durationMs = performance.now() - began;
  checkCode(ended, 0);
  const { result, actions } = answerOf(ended);
  return { warm, expected: normal(result), actions: actions.total, durationMs };
}

/** A result, but for where on this machine its files lie. */
export function normal(result: unknown): string {
  return JSON.stringify(result, (name, value: unknown) => (name === 'path' ? undefined : value));
}

/** Puts what was built into the place of the link to the checkout; gives the launcher. */
async function freeze(sandbox: Sandbox): Promise<string> {
  const source = join(repository, 'packages', 'skein');
  const modules = join(sandbox.root, 'node_modules');
  const target = join(modules, 'skein');
  await rm(target);
  await cp(join(source, 'bin'), join(target, 'bin'), { recursive: true });
  await cp(join(source, 'package.json'), join(target, 'package.json'));
  const files = (await readdir(join(source, 'dist'))).filter((name) => name.endsWith('.js'));
  const known = new Set(files.map((name) => join('dist', name)));
  for (const name of known) {
    const text = await readFile(join(source, name), 'utf8');
    await mkdir(dirname(join(target, name)), { recursive: true });
    await writeFile(join(target, name), text);
    for (const [, path = ''] of text.matchAll(/["'](\.{1,2}\/[\w./-]+\.js)["']/g)) {
      known.add(join(dirname(name), path));
    }
  }
  await linkLibraries(join(target, 'package.json'), modules);
  return join(target, 'bin', 'skein.cjs');
}

async function linkLibraries(manifest: string, modules: string): Promise<void> {
  const { dependencies } = JSON.parse(await readFile(manifest, 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(dependencies)) {
    const link = join(modules, name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(repository, 'node_modules', name), link).catch(() => undefined);
  }
}
