import type { Analysis } from '@skein/analysis';
import { planResume as planWith } from '@skein/engine';
import type { Result, ResumePlan } from '@skein/model';
import type { ResumePlanRequest } from './contract.ts';
import type { Opened } from './opened.ts';
import { planning } from './plan.ts';
import { resume } from './resume.ts';

/** What a resume would do: nothing executes but what says which tasks there are. */
export function planResume(
  opened: Opened,
  analysis: Analysis,
  request: ResumePlanRequest,
): Promise<Result<ResumePlan>> {
  return planning(opened, { analysis, request }, async ({ parts, asked }) => {
    const today = { analysis, code: parts.code, task: request.task };
    const resuming = resume(opened, today, request.resume);
    if (!resuming.ok) return resuming;
    const { resumption, warnings } = resuming.value;
    for (const warning of warnings) opened.warn(warning);
    return await planWith(parts, { ...asked, resume: resumption });
  });
}
