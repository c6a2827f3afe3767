import { actionJson, plainJson, reasonJson, timeJson, type JsonObject } from './json.ts';
import type { Reader } from './recorded.ts';
import type {
  ActionWhy,
  Explained,
  SourceChange,
  SourceLines,
  WhyGroup,
  WhyReport,
} from './why.ts';

/** The object of `skein why --json`. */
export function whyJson(report: WhyReport, read: Reader): JsonObject {
  const { run, task } = report.state.overview;
  if (report.kind === 'action') return { run, ...answerJson(report.answer, read) };
  const executed = report.groups.reduce((sum, { actions }) => sum + actions.length, 0);
  return {
    run,
    task,
    executed,
    groups: report.groups.map(groupJson),
    reused: Object.fromEntries(report.reused),
    elsewhere: report.elsewhere.map(({ of, actions }) => ({ ...plainJson(of), actions })),
  };
}

function groupJson(group: WhyGroup): JsonObject {
  const { task, actions, first, others, untraced, impurities } = group;
  return {
    task,
    actions: [...actions],
    ...explainedJson(first),
    others: [...others],
    untraced: untraced.map((one) => ({ why: one.of, actions: one.actions })),
    impurities: impurities.map(({ of: { kind, what, at }, actions: count }) => ({
      kind,
      what,
      at: at ?? null,
      actions: count,
    })),
  };
}

function answerJson(answer: ActionWhy, read: Reader): JsonObject {
  const { because, made } = answer;
  return {
    ...actionJson(answer.action, read),
    ...explainedJson(answer),
    because: because.map((step) => ({
      action: step.action.action,
      task: step.action.task,
      ...explainedJson(step),
    })),
    made: made === undefined ? null : { ...made, at: timeJson(made.at) },
  };
}

function explainedJson({ action, reason, sources, differs }: Explained): JsonObject {
  return {
    reason: reasonJson(reason, action.finishedAt),
    sources: sources.map(sourceJson),
    differs: differs === undefined ? null : { ...differs },
  };
}

function sourceJson({ module, before, after }: SourceChange): JsonObject {
  const side = (lines: SourceLines | undefined): JsonObject | null =>
    lines === undefined ? null : { line: lines.line, text: lines.text };
  return { module, before: side(before), after: side(after) };
}
