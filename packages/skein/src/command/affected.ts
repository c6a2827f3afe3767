import { resolve } from 'node:path';
import { affectedJson, renderAffected } from '@skein/view';
import { EXIT } from './io.ts';
import { optionText } from './parse.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';
import { usageFailure } from './usage.ts';

/** `skein affected --base <ref> [file…]`. */
export async function listAffected(session: Session): Promise<number> {
  const { output, parsed, io, json } = session;
  const files = parsed.positionals.map((it) => resolve(io.cwd, it));
  const base = optionText(parsed, 'base');
  const head = optionText(parsed, 'head');
  if (base === undefined) {
    const headline = '"skein affected" needs a state of the tree to compare with';
    const facts = [['wanted', '--base <ref>: a commit, branch or tag']] as const;
    return await refuse(session, [usageFailure(session.command, { headline, facts })]);
  }
  return await inWorkspace(session, undefined, async (workspace) => {
    const request = { base, files, ...(head === undefined ? {} : { head }) };
    const found = await workspace.affected(request);
    if (!found.ok) return await refuse(session, found.failures);
    if (json) await printJson(output, affectedJson(found.report));
    else await output.print(renderAffected(found.report, output.style));
    return EXIT.ok;
  });
}
