import type { ActionState, CallGroup, RunIndex, RunState } from '@skein/journal';

/** A run that is all in memory, as the index of one. */
export function indexOf(state: RunState): RunIndex {
  const { actions, roots, logs: ofProcesses, ...rest } = state;
  const numbers = [...actions.keys()];
  return {
    ...rest,
    number: 1,
    seq: 0,
    size: numbers.length,
    highest: Math.max(0, ...numbers),
    roots,
    actions: () => numbers,
    childrenOf: (action) => actions.get(action)?.children ?? [],
    groupsOf: (action) => {
      const children = (actions.get(action)?.children ?? []).flatMap(
        (child) => actions.get(child) ?? [],
      );
      return [...Map.groupBy(children, ({ task }) => task).values()].flatMap(groupOf);
    },
    at: (action) => {
      const found = actions.get(action);
      if (found === undefined) return undefined;
      return {
        action,
        parent: found.parent,
        task: found.task,
        verdict: found.verdict.kind,
        ...(found.outcome === undefined ? {} : { ended: found.outcome.kind }),
        attempts: found.attempts.length,
        durationMs: found.durationMs ?? 0,
        children: found.children.length,
      };
    },
    details: (wanted) =>
      new Map(
        [...wanted].flatMap((action) => {
          const found = actions.get(action);
          return found === undefined ? [] : [[action, found] as const];
        }),
      ),
    digestsOf: (action) => {
      const found = actions.get(action);
      return found && { inputs: found.inputs.map(({ digest }) => digest), files: [] };
    },
    largeValues: () => [],
    logs: ({ action: wanted }) => [
      ...(wanted === undefined || wanted === 0
        ? ofProcesses.map((line) => ({ ...line, action: 0 }))
        : []),
      ...[...actions.values()].flatMap(({ action, logs }) =>
        wanted === undefined || wanted === action ? logs.map((line) => ({ ...line, action })) : [],
      ),
    ],
  };
}

function groupOf(calls: readonly ActionState[]): readonly CallGroup[] {
  const [first] = calls;
  if (first === undefined) return [];
  const verdicts = { reuse: 0, adopt: 0, execute: 0 };
  for (const { verdict } of calls) verdicts[verdict.kind] += 1;
  const failed = calls.filter(({ outcome }) => outcome?.kind === 'error');
  const executed = calls.filter(({ verdict }) => verdict.kind === 'execute');
  return [
    {
      task: first.task,
      actions: calls.map(({ action }) => action),
      verdicts,
      failed: failed.length,
      firstFailed: failed.map(({ action }) => action),
      unfinished: calls.filter(({ outcome }) => outcome === undefined).length,
      executedMs: executed.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0),
      beneath: calls.reduce((sum, { children }) => sum + children.length, 0),
    },
  ];
}
