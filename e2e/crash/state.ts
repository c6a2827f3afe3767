import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

function databaseOf(state: string): string {
  return join(state, 'v1', 'state.db');
}

/**
 * What is wrong with the database of a state, if anything. Opened to be written: a log whose writer
 * was killed is recovered first.
 */
export function damageOf(state: string): readonly string[] {
  const path = databaseOf(state);
  if (!existsSync(path)) return [];
  try {
    using db = new DatabaseSync(path);
    return db
      .prepare('pragma integrity_check')
      .all()
      .map((row) => String(row['integrity_check']))
      .filter((line) => line !== 'ok');
  } catch (error) {
    return [String(error)];
  }
}

/** How the newest run ended; `undefined` where it did not, `null` where there is none. */
export function newestStatus(state: string): string | undefined | null {
  const path = databaseOf(state);
  if (!existsSync(path)) return null;
  try {
    using db = new DatabaseSync(path);
    const last = db.prepare('select max(id) as id from runs').get();
    if (last === undefined || last['id'] === null) return null;
    const row = db.prepare('select status from runs where id = ?').get(Number(last['id']));
    const status = row?.['status'];
    return typeof status === 'string' && status !== 'running' ? status : undefined;
  } catch {
    return null;
  }
}

const TEMPORARY = [
  /^tmp\/./,
  /^files\/tmp\/./,
  /^analysis\/.*\.\d+\.\d+$/,
  /^bundles\/[^/]*\.\w+$/,
];

/** Files and folders that somebody began to write and did not put into place. */
export async function temporariesIn(state: string): Promise<readonly string[]> {
  const entries = await readdir(state, { recursive: true, withFileTypes: true });
  return entries
    .map(({ parentPath, name }) => join(parentPath, name).slice(state.length + 1))
    .filter((path) => TEMPORARY.some((form) => form.test(path)));
}

/** The points that a file of a fault order names. */
export function pointsIn(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}
