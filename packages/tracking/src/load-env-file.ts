import fs from 'node:fs';
import process from 'node:process';
import { parseEnv } from 'node:util';

/**
 * `process.loadEnvFile` as Node has it, but by way of `node:fs`, and into the variables that the
 * author sees: what is set already stays.
 */
export function loadEnvFile(path: string | URL | Buffer = '.env'): void {
  const variables = parseEnv(fs.readFileSync(path, 'utf8'));
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined) process.env[name] ??= value;
  }
}
