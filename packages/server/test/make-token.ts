import { openDepot, openObjects, type ShareMode } from '@skein/store';
import { clock, randomness } from './ports.ts';
import { makeToken } from './test-server.ts';

/** `node make-token.ts <data> <scope> …`: prints a token for each scope. */
const [data = '', ...scopes] = process.argv.slice(2);
const mode: ShareMode = 'read-write';
const objects = await openObjects(data, { clock, randomness, environment: process.env });
if (!objects.ok) throw new Error(objects.failure.headline);
const depot = openDepot(objects.value, { clock, randomness });
for (const scope of scopes) process.stdout.write(`${await makeToken(depot, scope, mode)}\n`);
