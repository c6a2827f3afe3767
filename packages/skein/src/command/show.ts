import type { Failure } from '@skein/model';
import { type Reader, actionJson, renderAction, renderTree, runJson } from '@skein/view';
import { EXIT } from './io.ts';
import { optionCount, optionGiven } from './parse.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';

/** `skein show <run>`. */
export async function showRun(session: Session): Promise<number> {
  const { output, parsed, io } = session;
  const number = optionCount(parsed, 'action', 1);
  if (!number.ok) return await refuse(session, [number.failure]);
  const [run = 'last'] = parsed.positionals;
  return await inWorkspace(session, undefined, async (workspace) => {
    const found = workspace.show(run);
    if (!found.ok) return await refuse(session, [found.failure]);
    const index = found.value;
    const read: Reader = {
      value: (bytes) => workspace.decode(bytes),
      bytes: (digest) => workspace.recorded(digest),
    };
    const view = { style: output.style, width: output.width, read };
    if (number.value === undefined) {
      const all = optionGiven(parsed, 'all');
      const request = { ...view, all, now: io.clock.now() };
      await output.print(session.json ? runJson(index, read, all) : renderTree(index, request));
      return EXIT.ok;
    }
    const action = index.details([number.value]).get(number.value);
    if (action === undefined) {
      return await refuse(session, [noSuchAction(number.value, index.highest)]);
    }
    if (session.json) await printJson(output, actionJson(action, read));
    else await output.print(renderAction(index, action, view));
    return EXIT.ok;
  });
}

export function noSuchAction(action: number, highest: number): Failure {
  return {
    code: 'flag-value',
    kind: 'usage',
    headline: `the run has no action ${action}`,
    facts: [
      ['given', `"--action ${action}"`],
      ['actions', highest === 0 ? 'none' : `1 to ${highest}`],
    ],
  };
}
