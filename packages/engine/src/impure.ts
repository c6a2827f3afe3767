import type { ErrorOutcome, Impurity, TaskBehaviour } from '@skein/model';
import { errorOutcome } from './outcome.ts';
import type { PreparedTask } from './prepare.ts';

/** A container that is let to the network may read there what it likes (O8). */
const NETWORK: Impurity = { kind: 'network', what: 'network: true' };

/** What is known of every execution before it starts: by its code, and by where it runs. */
function knownImpurities(
  { image, options }: Pick<PreparedTask, 'image' | 'options'>,
  behaviour: TaskBehaviour | undefined,
): readonly Impurity[] {
  const written = behaviour?.impurities ?? [];
  return image !== undefined && options.network ? [...written, NETWORK] : written;
}

/** O8 under `strict`: a task that is known to be impure fails before it starts. */
export function refusedAsImpure(
  task: PreparedTask,
  behaviour: TaskBehaviour | undefined,
): ErrorOutcome | undefined {
  const [impurity] = task.options.strict ? knownImpurities(task, behaviour) : [];
  if (impurity === undefined) return undefined;
  const { kind, what, at } = impurity;
  const place = at === undefined ? '' : ` at ${at}`;
  const said = impurity === NETWORK ? 'lets its container to the network' : 'is assigned';
  return errorOutcome({
    class: 'SkeinError',
    message: `impure: "${what}" ${said}${place}, and the task "${task.id}" is strict`,
    fields: { code: 'impure', kind, what, ...(at === undefined ? {} : { at }) },
    fault: 'usage',
  });
}

/** What was met while it ran, and what is known of every execution; nothing twice. */
export function withKnown(
  met: readonly Impurity[],
  task: Pick<PreparedTask, 'image' | 'options'>,
  behaviour: TaskBehaviour | undefined,
): readonly Impurity[] {
  const known = knownImpurities(task, behaviour);
  if (known.length === 0) return met;
  const more = known.filter(
    ({ kind, what, at }) =>
      !met.some((one) => one.kind === kind && one.what === what && one.at === at),
  );
  return more.length === 0 ? met : [...met, ...more];
}
