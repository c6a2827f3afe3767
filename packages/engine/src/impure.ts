import type { ErrorOutcome, Impurity, TaskBehaviour } from '@skein/model';
import { errorOutcome } from './outcome.ts';
import type { PreparedTask } from './prepare.ts';

/** O8 under `strict`: a task whose code is known to be impure fails before it starts. */
export function refusedAsImpure(
  task: PreparedTask,
  behaviour: TaskBehaviour | undefined,
): ErrorOutcome | undefined {
  const [impurity] = task.options.strict ? (behaviour?.impurities ?? []) : [];
  if (impurity === undefined) return undefined;
  const { kind, what, at } = impurity;
  const place = at === undefined ? '' : ` at ${at}`;
  return errorOutcome({
    class: 'SkeinError',
    message: `impure: "${what}" is assigned${place}, and the task "${task.id}" is strict`,
    fields: { code: 'impure', kind, what, ...(at === undefined ? {} : { at }) },
    fault: 'usage',
  });
}

/** What was met while it ran, and what its code says of every execution; nothing twice. */
export function withStatic(
  met: readonly Impurity[],
  behaviour: TaskBehaviour | undefined,
): readonly Impurity[] {
  const known = behaviour?.impurities ?? [];
  if (known.length === 0) return met;
  const more = known.filter(
    ({ kind, what, at }) =>
      !met.some((one) => one.kind === kind && one.what === what && one.at === at),
  );
  return more.length === 0 ? met : [...met, ...more];
}
