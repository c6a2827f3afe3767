export { coloured, plain, styleFor } from './style.ts';
export type { Paint, Style, StyleRequest } from './style.ts';
export { formatAmount, formatBytes, formatCount, formatRate } from './amount.ts';
export { formatAge, formatDuration } from './duration.ts';
export { shorten, unfold } from './value.ts';
export type { UnfoldOptions } from './value.ts';
export { affectedJson, renderAffected } from './affected.ts';
export type { AffectedReport, AffectedTask } from './affected.ts';
export { describeChange, describeFromTo } from './change.ts';
export { describeImpurity } from './impurity.ts';
export { describeObserved } from './observed.ts';
export { renderReplay, replayJson } from './replay.ts';
export type { ReplayReport, ReplayView } from './replay.ts';
export { renderVerify } from './render-verify.ts';
export { verifyJson } from './verify-json.ts';
export type { Differing, ResultChange, VerifyReport } from './verify.ts';
export { explainReason, nameReason, nameVerdict } from './reason.ts';
export { reasonLines, sourceLines } from './reason-lines.ts';
export type { LinesRequest } from './reason-lines.ts';
export { renderWhy } from './render-why.ts';
export type { WhyRequest } from './render-why.ts';
export { whyJson } from './why-json.ts';
export type {
  ActionWhy,
  Counted,
  ActionsWhy,
  Explained,
  RunWhy,
  SourceChange,
  SourceLines,
  WhyGroup,
  WhyReport,
} from './why.ts';
export { SUBJECT, commonPath } from './lineage.ts';
export type {
  LineageEdge,
  LineageGraph,
  LineageLink,
  LineageNode,
  LineagePlace,
  LineageReport,
  LineageSubject,
} from './lineage.ts';
export { lineageJson } from './lineage-json.ts';
export { lineageMermaid } from './lineage-mermaid.ts';
export { renderLineage } from './lineage-text.ts';
export type { LineageView } from './lineage-text.ts';
export { alignFacts } from './facts.ts';
export { formatPlace, renderFailure, renderFailures } from './failure.ts';
export { failureError, rejectedSummary } from './rejection.ts';
export { actionJson, failureJson, reasonJson, runsJson, summaryJson } from './json.ts';
export { runJson } from './json-run.ts';
export { logJson, renderLogLines } from './logs.ts';
export type { LogView } from './logs.ts';
export { renderError } from './error.ts';
export type { ErrorRequest } from './error.ts';
export { Tally, taskName } from './tally.ts';
export type { TaskTally } from './tally.ts';
export { Echo } from './echo.ts';
export { watch } from './watch.ts';
export type { Progress, ProgressRequest, ProgressStream, Ticker } from './progress.ts';
export { annotationsOf, githubCommand } from './annotation.ts';
export type { Annotation } from './annotation.ts';
export { renderMarkdown } from './markdown.ts';
export type { MarkdownRequest } from './markdown.ts';
export { RunNotes } from './run-notes.ts';
export type { FailedAction } from './run-notes.ts';
export { renderSummary, resumeCommand } from './summary.ts';
export type { SummaryRequest } from './summary.ts';
export { renderTree } from './tree.ts';
export type { TreeRequest } from './tree.ts';
export { renderAction } from './action.ts';
export type { ActionView } from './action-line.ts';
export type { Reader } from './recorded.ts';
export { renderRuns } from './runs.ts';
export type { RunsRequest } from './runs.ts';
export { explainProspect, planJson, renderPlan } from './plan.ts';
export type { PlanRequest } from './plan.ts';
export { explainLeft, renderResumePlan, resumePlanJson } from './plan-resume.ts';
export type { ResumePlanRequest } from './plan-resume.ts';
export { renderGraph, renderMermaid } from './graph.ts';
export type { TaskEdge, TaskGraph } from './graph.ts';
export {
  isSound,
  renderListing,
  renderPull,
  renderPush,
  renderRevocation,
  renderStats,
  renderSweep,
  renderThings,
  renderVerification,
} from './shared-report.ts';
export type { SharedView } from './shared-report.ts';
export type {
  PullReport,
  PushReport,
  SharedAmount,
  SharedListing,
  SharedMaking,
  SharedResult,
  SharedRevocation,
  SharedStats,
  SharedSweep,
  SharedThing,
  SharedVerification,
} from './shared-result.ts';
export { describeRemote, describeSharing } from './remote.ts';
export { renderTokens, tokenJson } from './tokens.ts';
export type { ListedToken } from './tokens.ts';
export { GC_KINDS } from './gc.ts';
export { gcJson, isTooLarge, pinsJson, renderGc, renderPins } from './gc-report.ts';
export type { GcAmount, GcKind, GcReport, PinnedRun } from './gc.ts';
