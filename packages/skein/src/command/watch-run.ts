import type { RunEvent, SharingLeft, TaskId } from '@skein/model';
import { describeSharing, Echo, renderFailure, Tally, watch } from '@skein/view';
import type { Workspace } from '@skein/workspace';
import type { Session } from './session.ts';

/** Shows a run while it goes on, and counts what its summary tells. */
export interface Watcher {
  readonly tally: Tally;
  readonly observe: (event: RunEvent) => void;
  /** Told how much is still to be shared, when the run itself has ended. */
  readonly share: (left: SharingLeft) => void;
  readonly isSharing: () => boolean;
  readonly print: (text: string) => void;
  /** Nothing is shown any more, nor left live on the terminal. */
  readonly stop: () => void;
}

/** Earlier runs that are looked at for how many actions there may be. */
const EARLIER = 5;

export function watchRun(session: Session, workspace: Workspace, task: TaskId): Watcher {
  const { io, output } = session;
  const tally = new Tally();
  let sharing: string | undefined;
  const echo = new Echo(tally, output.errorStyle);
  const progress = watch({
    stream: io.stderr,
    isTerminal: io.stderr.isTTY === true,
    style: output.errorStyle,
    clock: io.clock,
    tally,
    title: task,
    expected: () => expectedActions(workspace, task),
    afterwards: () => sharing,
    every: io.every,
  });
  const observe = (event: RunEvent): void => {
    tally.observe(event);
    if (event.kind === 'action-logged') {
      const text = echo.show(event);
      if (text !== undefined) progress.print(text);
    } else if (event.kind === 'run-warned') {
      progress.print(renderFailure(event.warning, output.errorStyle));
    }
  };
  return {
    tally,
    observe,
    share: (left) => {
      sharing = describeSharing(left);
    },
    isSharing: () => sharing !== undefined,
    print: (text) => progress.print(text),
    stop: () => progress.stop(),
  };
}

/** A warm run has one action, so the largest of the last runs says most about a cold one. */
function expectedActions(workspace: Workspace, task: TaskId): number | undefined {
  const runs = workspace.runs({ task, status: 'succeeded', limit: EARLIER });
  if (!runs.ok || runs.value.length === 0) return undefined;
  return Math.max(...runs.value.map(({ counts }) => counts.total));
}
