import { relative } from 'node:path';
import {
  type ListedFrom,
  inspectionJson,
  listingJson,
  renderInspection,
  renderListing,
  renderUpdate,
  updateJson,
} from './image-report.ts';
import { describeImageStep } from './image-step.ts';
import { onInterrupts } from './interrupt.ts';
import { EXIT } from './io.ts';
import { optionGiven, optionText } from './parse.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';

/** `skein image …`: each word is a command of its own. */
export async function runImage(session: Session): Promise<number> {
  switch (session.command.name.split(' ').at(-1)) {
    case 'ls':
      return await list(session);
    case 'update':
      return await update(session);
    default:
      return await inspect(session);
  }
}

async function list(session: Session): Promise<number> {
  const { output, parsed, json } = session;
  return await inWorkspace(session, parsed.positionals[0], async (workspace) => {
    const listing = await workspace.listImages();
    if (!listing.ok) return await refuse(session, [listing.failure]);
    const from = pathsFrom(workspace.root);
    if (json) await printJson(output, listingJson(listing.value, from));
    else await output.print(renderListing(listing.value, { ...from, style: output.style }));
    return EXIT.ok;
  });
}

async function update(session: Session): Promise<number> {
  const { output, parsed, json } = session;
  return await inWorkspace(session, optionText(parsed, 'entry'), async (workspace) => {
    const dryRun = optionGiven(parsed, 'dry-run');
    const interruption = new AbortController();
    const interrupt = (): void => interruption.abort();
    const stopListening = onInterrupts(session.io, { first: interrupt, again: interrupt });
    const report = await workspace.updateImages({
      images: parsed.positionals,
      dryRun,
      onImage: (step) => void output.note(describeImageStep(step)),
      signal: interruption.signal,
    });
    stopListening();
    if (!report.ok && interruption.signal.aborted) return EXIT.interrupted;
    if (!report.ok) return await refuse(session, [report.failure]);
    const view = { ...pathsFrom(workspace.root), style: output.style, dryRun };
    if (json) await printJson(output, updateJson(report.value, view));
    else await output.print(renderUpdate(report.value, view));
    return EXIT.ok;
  });
}

async function inspect(session: Session): Promise<number> {
  const { output, parsed, json } = session;
  const [name = ''] = parsed.positionals;
  return await inWorkspace(session, undefined, async (workspace) => {
    const report = await workspace.inspectImage(name);
    if (!report.ok) return await refuse(session, [report.failure]);
    if (json) await printJson(output, inspectionJson(report.value));
    else await output.print(renderInspection(report.value, output.style));
    return report.value.registry.ok ? EXIT.ok : EXIT.failed;
  });
}

function pathsFrom(root: string): ListedFrom {
  return { pathOf: (path) => relative(root, path).replaceAll('\\', '/') };
}
