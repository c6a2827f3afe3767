import { renderGraph, renderMermaid } from '@skein/view';
import { EXIT } from './io.ts';
import { optionText } from './parse.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';

/** `skein graph <file>`. */
export async function showGraph(session: Session): Promise<number> {
  const { output, parsed, json } = session;
  const [file = ''] = parsed.positionals;
  return await inWorkspace(session, file, async (workspace) => {
    const graph = await workspace.graph();
    if (!graph.ok) return await refuse(session, [graph.failure]);
    const format = json ? 'json' : (optionText(parsed, 'format') ?? 'text');
    if (format === 'json') await printJson(output, graph.value);
    else if (format === 'mermaid') await output.print(renderMermaid(graph.value));
    else await output.print(renderGraph(graph.value, output.style));
    return EXIT.ok;
  });
}
