import { type Reader, lineageJson, lineageMermaid, renderLineage } from '@skein/view';
import { EXIT } from './io.ts';
import { optionCount, optionGiven } from './parse.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';

/** `skein lineage <value>`. */
export async function showLineage(session: Session): Promise<number> {
  const { output, parsed, io } = session;
  const depth = optionCount(parsed, 'depth', 1);
  if (!depth.ok) return await refuse(session, [depth.failure]);
  const [asked = ''] = parsed.positionals;
  return await inWorkspace(session, undefined, async (workspace) => {
    const report = await workspace.lineage({
      asked,
      cwd: io.cwd,
      direction: directionOf(optionGiven(parsed, 'up'), optionGiven(parsed, 'down')),
      ...(depth.value === undefined ? {} : { depth: depth.value }),
    });
    if (!report.ok) return await refuse(session, [report.failure]);
    const all = optionGiven(parsed, 'all');
    const read: Reader = {
      value: (bytes) => workspace.decode(bytes),
      bytes: (digest) => workspace.recorded(digest),
    };
    const { style, width } = output;
    if (session.json) await printJson(output, lineageJson(report.value, { all }));
    else if (optionGiven(parsed, 'mermaid')) {
      await output.print(lineageMermaid(report.value, { all }));
    } else await output.print(renderLineage(report.value, { style, width, read, all }));
    return EXIT.ok;
  });
}

/** Both flags are as none. */
function directionOf(up: boolean, down: boolean): 'up' | 'down' | 'both' {
  return up === down ? 'both' : up ? 'up' : 'down';
}
