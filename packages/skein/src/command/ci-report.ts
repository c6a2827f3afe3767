import { appendFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemCode, type Failure, type RunEvent, type RunSummary } from '@skein/model';
import {
  annotationsOf,
  githubCommand,
  renderFailure,
  renderMarkdown,
  RunNotes,
  Tally,
  type Annotation,
  type Reader,
} from '@skein/view';
import type { Workspace } from '@skein/workspace';
import { ciEnvironment, type CiEnvironment, type SummaryFile } from './ci-environment.ts';
import type { Session } from './session.ts';

/** How a run ended, or why there was none. */
export interface CiEnd {
  readonly summary: RunSummary;
  readonly tally?: Tally;
  readonly failures?: readonly Failure[];
}

const NOTHING: Reader = { value: () => ({ ok: false }), bytes: () => undefined };

/**
 * Tells a CI of a run what it shows beside the log: a summary in Markdown, and annotations. Trouble
 * with either is a warning, and no matter of the exit code's.
 */
export class CiReport {
  readonly #session: Session;
  readonly #ci: CiEnvironment;
  readonly #notes = new RunNotes();
  #root: string | undefined;
  #reader = NOTHING;

  constructor(session: Session) {
    const { environment, cwd } = session.io;
    this.#session = session;
    this.#ci = ciEnvironment(environment, cwd);
  }

  /** Its root is what places are relative to; it reads what is recorded, until it is closed. */
  opened(workspace: Workspace): void {
    this.#root = workspace.root;
    this.#reader = {
      value: (bytes) => workspace.decode(bytes),
      bytes: (digest) => workspace.recorded(digest),
    };
  }

  closed(): void {
    this.#reader = NOTHING;
  }

  observe(event: RunEvent): void {
    this.#notes.observe(event);
  }

  async tell(end: CiEnd): Promise<void> {
    for (const file of this.#ci.summaries) await this.#append(file, end);
    await this.#annotate(end);
  }

  async #append(file: SummaryFile, end: CiEnd): Promise<void> {
    const { summary, tally = new Tally(), failures = [] } = end;
    try {
      const written = await sizeOf(file.path);
      const text = renderMarkdown({
        summary,
        tally,
        failures,
        notes: this.#notes,
        read: this.#reader,
        // One line end to stand apart from what is there.
        maxBytes: file.maxBytes - written - 1,
      });
      if (text === '') await this.#warn(file, `it holds ${written} bytes already`);
      else await appendFile(file.path, written > 0 ? `\n${text}` : text);
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      await this.#warn(file, error instanceof Error ? error.message : String(error));
    }
  }

  async #warn({ path, variable }: SummaryFile, cause: string): Promise<void> {
    const warning: Failure = {
      code: 'summary-unwritten',
      kind: 'warning',
      headline: 'the summary for the CI is not written',
      facts: [
        [variable, JSON.stringify(path)],
        ['cause', cause],
      ],
    };
    const { output } = this.#session;
    await output.note(renderFailure(warning, output.errorStyle));
  }

  /** On standard error: with `--json` standard output holds one object. */
  async #annotate({ summary, failures = [] }: CiEnd): Promise<void> {
    const { annotations } = this.#ci;
    if (annotations === undefined) return;
    const { warnings } = this.#notes;
    const all = annotationsOf({ failures, error: summary.error, warnings });
    if (all.length === 0) return;
    const repository = await realPath(annotations.repository);
    const root = await realPath(this.#root ?? this.#session.io.cwd);
    const lines = all.map((annotation) =>
      githubCommand(annotation, placeIn(repository, { root, annotation })),
    );
    await this.#session.output.note(lines.join('\n'));
  }
}

/** From the root of the repository, with forward slashes; `undefined` where it lies elsewhere. */
function placeIn(
  repository: string | undefined,
  of: { readonly root: string | undefined; readonly annotation: Annotation },
): string | undefined {
  const { root, annotation } = of;
  if (repository === undefined || root === undefined || annotation.place === undefined) {
    return undefined;
  }
  const { path } = annotation.place;
  const file = path.startsWith('file:') ? fileURLToPath(path) : resolve(root, path);
  const found = relative(repository, file);
  const isOutside = found === '' || found.split(sep)[0] === '..' || isAbsolute(found);
  return isOutside ? undefined : found.split(sep).join('/');
}

async function realPath(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  return await realpath(path).catch(() => path);
}

/** The file is made where there is none. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
