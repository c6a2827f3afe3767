import { failureError } from './rejection.ts';
import type { JsonObject } from './json.ts';
import type { Differing, VerifyReport } from './verify.ts';

/** The object of `skein verify --json`. */
export function verifyJson(report: VerifyReport): JsonObject {
  const { state, compared, differing, missing, added, changed, edited, platform } = report;
  const failed = report.fatal === undefined ? undefined : failureError(report.fatal);
  return {
    run: state.overview.run,
    task: state.overview.task,
    compared,
    equal: compared - differing.length,
    differing: differing.map(differingJson),
    missing: Object.fromEntries(missing),
    added: Object.fromEntries(added),
    changed: Object.fromEntries(changed),
    edited: [...edited],
    platform: platform === undefined ? null : { ...platform },
    otherOptions: report.otherOptions === true,
    error: failed === undefined ? null : { class: failed.class, message: failed.message },
    durationMs: Math.round(report.durationMs),
  };
}

function differingJson(one: Differing): JsonObject {
  const { action } = one;
  return {
    run: one.run,
    action: action.action,
    task: action.task,
    changes: one.changes.map(({ path, before, after }) => ({
      path,
      before: before ?? null,
      after: after ?? null,
    })),
    impurities: one.impurities.map(({ kind, what, at }) => ({ kind, what, at: at ?? null })),
    moved: [...one.moved],
    observed: [...one.observed],
    calls: [...one.calls],
  };
}
