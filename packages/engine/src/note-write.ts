import type { RunFrame } from './frame.ts';
import type { LiveAction } from './live-action.ts';

/** An action is about to write: nothing that depends on the path counts any more (O5). */
export function noteWrite(frame: RunFrame, path: string, by: LiveAction): void {
  frame.world.forget(path);
  if (!frame.writes.add(path, { action: by.number, task: by.task })) return;
  frame.known.clear();
  frame.logs.forget();
  frame.earlier?.forget();
}
