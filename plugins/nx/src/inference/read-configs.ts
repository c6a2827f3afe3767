import { join } from 'node:path';
import type { Evaluated } from './evaluate.ts';
import { evaluateAll } from './evaluate-all.ts';
import { KeptReadings } from './kept-readings.ts';
import { readModule } from './read-module.ts';

export interface ReadConfigsRequest {
  /** Absolute. */
  readonly root: string;
  /** Relative to the root. */
  readonly files: readonly string[];
  /** Where results are kept between calls. */
  readonly kept: string;
}

export type Found = Pick<Evaluated, 'reading' | 'error'>;

/** What each configuration says. Nothing is evaluated whose content is as it was. */
export async function readConfigs(
  request: ReadConfigsRequest,
): Promise<ReadonlyMap<string, Found>> {
  const { root, files } = request;
  const found = new Map<string, Found>();
  const kept = new KeptReadings(root, request.kept);
  const waiting: string[] = [];
  for (const file of files) {
    const known = file.endsWith('.json') ? await readNow(join(root, file)) : kept.find(file);
    if (known === undefined) waiting.push(file);
    else found.set(file, known);
  }
  if (waiting.length === 0) return found;
  const evaluated = await evaluateAll(waiting.map((file) => join(root, file)));
  for (const [index, file] of waiting.entries()) {
    const one = evaluated[index];
    if (one === undefined) continue;
    if (one.reading !== undefined) kept.keep(file, one.modules, one.reading);
    found.set(file, one);
  }
  kept.save();
  return found;
}

/** JSON is data: it is read in this process, each time. */
async function readNow(path: string): Promise<Found> {
  try {
    return { reading: await readModule(path) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
