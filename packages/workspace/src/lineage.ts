import type { Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { storageFailure } from '@skein/journal';
import type { LineagePlace, LineageReport } from '@skein/view';
import type { LineageRequest } from './contract.ts';
import { lineageDown } from './lineage-down.ts';
import { type FoundPlace, type Subject, pathOf } from './lineage-place.ts';
import { LineageRuns } from './lineage-runs.ts';
import { findSubject } from './lineage-subject.ts';
import { lineageUp } from './lineage-up.ts';
import type { Opened } from './opened.ts';

/**
 * Where a value came from and what it went into, through every run. Nothing is recorded for it:
 * values are the same where their bytes are. Fails with `run-not-found`, `action-not-found`,
 * `lineage-not-found` or `state-corrupt`.
 */
export async function findLineage(
  opened: Opened,
  request: LineageRequest,
): Promise<Result<LineageReport>> {
  try {
    return await find(opened, request);
  } catch (error) {
    return fail(storageFailure(error, opened.state.path));
  }
}

async function find(opened: Opened, request: LineageRequest): Promise<Result<LineageReport>> {
  const { asked, cwd, direction, depth } = request;
  const runs = new LineageRuns(opened);
  const found = await findSubject(runs, { asked, cwd });
  if (!found.ok) return found;
  const subject = found.value;
  const { kind, digest, bytes, more } = subject;
  return succeed({
    subject: {
      asked,
      kind,
      digest,
      ...(bytes === undefined ? {} : { bytes }),
      places: subject.places.map(placeOf),
      more,
    },
    ...(direction === 'down' ? {} : { up: await lineageUp(runs, makers(subject), depth) }),
    ...(direction === 'up' ? {} : { down: await lineageDown(runs, subject.places, depth) }),
  });
}

/** Where it was made, if that is on record, and not only reused; otherwise where it was given. */
function makers({ places }: Subject): readonly FoundPlace[] {
  const made = places.filter(({ role }) => role === 'result');
  const executed = made.filter(({ run, action }) => run.index.at(action)?.verdict === 'execute');
  if (executed.length > 0) return executed.filter((one) => !handsOn(one, executed));
  return made.length > 0 ? made : places;
}

/** Whether an action has what it came to from one of the others, beneath it. */
function handsOn({ run, action }: FoundPlace, others: readonly FoundPlace[]): boolean {
  return others.some((other) => {
    if (other.run !== run) return false;
    let above = run.index.at(other.action)?.parent ?? 0;
    while (above > action) above = run.index.at(above)?.parent ?? 0;
    return above === action;
  });
}

function placeOf(place: FoundPlace): LineagePlace {
  const { run, action } = place;
  const task = run.index.at(action)?.task ?? run.index.overview.task;
  return { run: run.index.overview.run, action, task, path: pathOf(run, place) };
}
