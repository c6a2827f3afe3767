import { pinsJson, renderPins } from '@skein/view';
import { EXIT } from './io.ts';
import { optionGiven } from './parse.ts';
import { inWorkspace, printJson, refuse, type Session } from './session.ts';
import { usageFailure } from './usage.ts';

/** `skein pin [run]`: pins a run, lets it go with `--remove`; without one it lists them. */
export async function pinRun(session: Session): Promise<number> {
  const { output, parsed, io, json } = session;
  const [run] = parsed.positionals;
  const removes = optionGiven(parsed, 'remove');
  if (run === undefined && removes) {
    const headline = '"skein pin --remove" needs a run';
    return await refuse(session, [usageFailure(session.command, { headline, facts: [] })]);
  }
  return await inWorkspace(session, undefined, async (workspace) => {
    if (run === undefined) {
      const pins = workspace.pins();
      if (!pins.ok) return await refuse(session, [pins.failure]);
      if (json) await printJson(output, pinsJson(pins.value));
      else await output.print(renderPins(pins.value, { style: output.style, now: io.clock.now() }));
      return EXIT.ok;
    }
    const pinned = workspace.pin(run, !removes);
    if (!pinned.ok) return await refuse(session, [pinned.failure]);
    const { changed } = pinned.value;
    if (json) await printJson(output, { run: pinned.value.run, pinned: !removes, changed });
    else await output.print(sentence(pinned.value.run, { removes, changed }));
    return EXIT.ok;
  });
}

function sentence(
  run: string,
  of: { readonly removes: boolean; readonly changed: boolean },
): string {
  if (of.removes) return of.changed ? `${run} is no longer pinned` : `${run} was not pinned`;
  return of.changed ? `${run} is pinned: gc leaves it alone` : `${run} was pinned already`;
}
