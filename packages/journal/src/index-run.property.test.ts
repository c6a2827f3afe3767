import fc from 'fast-check';
import { expect, test } from 'vitest';
import { history } from '../test/history.ts';
import { runFinished, runStarted } from '../test/sample.ts';
import { TestState, mustSucceed } from '../test/state.ts';
import { indexRun } from './index-run.ts';
import { readRun } from './read-run.ts';
import type { PrintedText, RunIndex } from './run-index.ts';
import type { ActionState, LogLine, RunState } from './run-state.ts';

const never = () => false;

/** What the index says at a glance, in the words of the state. */
function glance(index: RunIndex) {
  return {
    overview: index.overview,
    roots: index.roots,
    warnings: index.warnings,
    logs: [...index.logs({ action: 0 })].map((printed) => withoutAction(printed)),
    actions: [...index.actions()].map((action) => {
      const { task, parent, verdict, ended, children } = index.at(action) ?? {};
      const calls = [...index.childrenOf(action)];
      return { action, task, parent, verdict, ended, children, calls };
    }),
  };
}

function withoutAction({ at, stream, text }: PrintedText): LogLine {
  return { at, stream, text };
}

function expected(state: RunState) {
  const { overview, roots, warnings, logs } = state;
  const actions = [...state.actions.values()].map((one) => ({
    action: one.action,
    task: one.task,
    parent: one.parent,
    verdict: one.verdict.kind,
    ended: one.outcome?.kind,
    children: one.children.length,
    calls: one.children,
  }));
  return { overview, roots, warnings, logs, actions };
}

function digestsOf({ inputs, outcome }: ActionState) {
  const result = outcome?.kind === 'result' ? outcome : undefined;
  return {
    inputs: inputs.map(({ digest }) => digest),
    outcome: outcome?.digest,
    artifact: result?.artifact,
    files: (result?.files?.length ?? 0) / 40,
  };
}

test('PARITY 21: an index says what the whole state says, however it was folded', () => {
  fc.assert(
    fc.property(
      history,
      fc.array(fc.nat(2), { minLength: 1 }),
      fc.boolean(),
      (events, breaks, ends) => {
        using state = new TestState();
        const database = state.open();
        const { journal } = state.journal(database);
        mustSucceed(journal.begin(runStarted('a')));
        for (const [at, event] of events.entries()) {
          journal.append(event);
          const next = breaks[at % breaks.length];
          if (next === 1) mustSucceed(journal.flush());
          if (next === 2) mustSucceed(journal.close());
        }
        if (ends) journal.append(runFinished());
        mustSucceed(journal.flush());
        const whole = mustSucceed(readRun(database.db, 'a', never));
        const index = mustSucceed(indexRun(database.db, 'a', never));
        expect(glance(index)).toEqual(expected(whole));
        expect([...index.details(index.actions())]).toEqual([...whole.actions]);
        for (const one of whole.actions.values()) {
          const { files = [], ...digests } = index.digestsOf(one.action) ?? {};
          expect({ ...digests, files: files.length }).toEqual(digestsOf(one));
          expect([...index.details([one.action]).values()]).toEqual([one]);
        }
      },
    ),
    { numRuns: 40 },
  );
});
