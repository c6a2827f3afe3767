import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Reading } from './project-config.ts';
import { readModule } from './read-module.ts';

/** What a process of its own reports of one file, as a line of JSON. */
export interface Evaluated {
  readonly file: string;
  /** Every file that was loaded for it, those of earlier files of the same process too. */
  readonly modules: readonly string[];
  readonly reading?: Reading;
  readonly error?: string;
}

/** Node's own exit code for a module that waits for what never comes. */
const WAITS_FOR_EVER = 13;

/** Where lines are written: what configurations print goes elsewhere. */
const REPORT = 3;

/**
 * A process of its own evaluates configurations, because Nx's lives long and would give what it
 * imported first for ever.
 */
async function main(files: readonly string[]): Promise<void> {
  const modules = new Set<string>();
  registerHooks({
    load: (url, context, next) => {
      if (url.startsWith('file:')) modules.add(fileURLToPath(url));
      return next(url, context);
    },
  });
  // Nothing is left to do, and not all is done; whoever ends the process comes not by here.
  const starve = (): void => process.exit(WAITS_FOR_EVER);
  process.once('beforeExit', starve);
  for (const file of files) {
    const found = await evaluate(file);
    writeAll(`${JSON.stringify({ file, modules: [...modules], ...found })}\n`);
  }
  process.off('beforeExit', starve);
}

async function evaluate(file: string): Promise<Pick<Evaluated, 'reading' | 'error'>> {
  try {
    return { reading: await readModule(file) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { error: firstLine(message) };
  }
}

/** What it says goes to terminals and logs as text, and to nobody as a command. */
function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replaceAll(/\p{Cc}/gu, '\uFFFD');
}

function writeAll(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(REPORT, bytes, at);
}

void main(process.argv.slice(2));
