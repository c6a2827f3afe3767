import type { TaskId } from '@skein/model';
import { reachedFrom } from './closure.ts';
import type { Closure, ConfinedEffects } from './closure.ts';
import { PieceSet } from './piece-set.ts';
import type { Program } from './program.ts';

/**
 * An error crosses as an instance of its class, and its outcome says only which class that is. What
 * a caller sees of it (`error.describe()`, `error instanceof Base`) is code: so the error classes
 * that a task may be thrown by what it calls are code of its own, though the task names none.
 */
export function withThrownClasses(
  closures: ReadonlyMap<TaskId, Closure>,
  program: Program,
  confined: ConfinedEffects,
): Map<TaskId, Closure> {
  const classes = [...program.pieces.keys()].filter((it) => program.piece(it).error === true);
  const thrownBy = (id: TaskId): number[] => {
    const closure = closures.get(id);
    return closure === undefined ? [] : classes.filter((it) => closure.pieces.has(it));
  };
  const widened = new Map<TaskId, Closure>();
  for (const [id, closure] of closures) {
    const called = new Set(closure.tasks.keys());
    for (const it of called) for (const to of closures.get(it)?.tasks.keys() ?? []) called.add(to);
    const thrown = classes.length === 0 ? [] : [...called].flatMap(thrownBy);
    widened.set(
      id,
      thrown.length === 0 ? closure : withCode(closure, thrown, { program, confined }),
    );
  }
  return widened;
}

/** The closure with the code that the classes reach; what they call stays theirs. */
function withCode(
  closure: Closure,
  classes: readonly number[],
  within: { readonly program: Program; readonly confined: ConfinedEffects },
): Closure {
  const { program, confined } = within;
  const starts = classes.map((it) => ({
    module: program.moduleOf(it),
    code: program.piece(it).code,
  }));
  const { pieces, packages, data, wholes } = reachedFrom(program, starts, confined);
  return {
    tasks: closure.tasks,
    forwards: closure.forwards,
    pieces: new PieceSet(program.pieces.length, [...closure.pieces, ...classes, ...pieces]),
    packages: new Set([...closure.packages, ...packages]),
    data: new Set([...closure.data, ...data]),
    wholes: new Map([...closure.wholes, ...wholes]),
  };
}
