import { tokenJson, renderTokens } from '@skein/view';
import type { Tokens } from '@skein/store';
import { askCache } from './cache-trouble.ts';
import { EXIT } from './io.ts';
import { optionText } from './parse.ts';
import { printJson, refuse, type Session } from './session.ts';
import { missingFlag } from './usage.ts';

/** `skein cache-server token create | ls | revoke`. */
export async function runToken(session: Session): Promise<number> {
  const { command } = session;
  if (command.name.endsWith(' create')) return await createToken(session);
  return await (command.name.endsWith(' ls') ? listTokens(session) : revokeToken(session));
}

/** The token alone is on standard output: `TOKEN=$(skein cache-server token create …)`. */
async function createToken(session: Session): Promise<number> {
  const { command, parsed, output, json } = session;
  const scope = optionText(parsed, 'scope');
  if (scope === undefined) return await refuse(session, [missingFlag(command, 'scope')]);
  return await withTokens(session, async (tokens, draw) => {
    const mode = optionText(parsed, 'mode') ?? 'read-write';
    const name = optionText(parsed, 'name') ?? `${scope.replaceAll(/[^\w.-]/g, '-')}-${draw()}`;
    const made = await tokens.create({ scope, mode, name });
    if (!made.ok) return await refuse(session, [made.failure]);
    const { text, record } = made.value;
    if (json) await printJson(output, { token: text, ...tokenJson(record) });
    else await output.print(text);
    return EXIT.ok;
  });
}

async function listTokens(session: Session): Promise<number> {
  const { output, json, io } = session;
  return await withTokens(session, async (tokens) => {
    const list = await tokens.list();
    const { style } = output;
    if (json) await printJson(output, { tokens: list.map(tokenJson) });
    else await output.print(renderTokens(list, { style, now: io.clock.now() }));
    return EXIT.ok;
  });
}

async function revokeToken(session: Session): Promise<number> {
  const { output, json, parsed } = session;
  const [which = ''] = parsed.positionals;
  return await withTokens(session, async (tokens) => {
    const revoked = await tokens.revoke(which);
    if (!revoked.ok) return await refuse(session, [revoked.failure]);
    const list = revoked.value;
    if (json) await printJson(output, { revoked: list.map(tokenJson) });
    else {
      const lines = list.map(({ id, name, scope }) => `${id} is revoked: ${name}, ${scope}`);
      await output.print(lines.join('\n'));
    }
    return EXIT.ok;
  });
}

const NAME_BYTES = 2;

/** `draw`: digits that tell one name from another. */
async function withTokens(
  session: Session,
  work: (tokens: Tokens, draw: () => string) => Promise<number>,
): Promise<number> {
  const { command, parsed, io } = session;
  const data = optionText(parsed, 'data');
  if (data === undefined) return await refuse(session, [missingFlag(command, 'data')]);
  const { openCacheData, systemRandomness } = await import('@skein/workspace');
  const { cwd, environment, clock } = io;
  return await askCache(session, async () => {
    // Only the first token makes the folder.
    const isThere = !command.name.endsWith(' create');
    const depot = await openCacheData({ data, cwd, environment, clock, isThere });
    if (!depot.ok) return await refuse(session, [depot.failure]);
    return await work(depot.value.tokens, () => systemRandomness.hex(NAME_BYTES));
  });
}
