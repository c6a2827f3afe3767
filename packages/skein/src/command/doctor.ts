import { alignFacts } from '@skein/view';
import type { DoctorCheck } from '@skein/workspace';
import { EXIT } from './io.ts';
import type { Output } from './output.ts';
import { inWorkspace, printJson, type Session } from './session.ts';

/** `skein doctor`: exit 1 where a check found a problem. */
export async function runDoctor(session: Session): Promise<number> {
  const { output, json } = session;
  return await inWorkspace(session, undefined, async (workspace) => {
    const checks = await workspace.doctor();
    const { root, state } = workspace;
    if (json) {
      await printJson(output, { root, state, checks: checks.map(checkJson) });
    } else {
      await output.print(renderChecks(checks, output));
    }
    return checks.some(({ status }) => status === 'problem') ? EXIT.failed : EXIT.ok;
  });
}

function checkJson({ name, status, detail, hint }: DoctorCheck): Readonly<Record<string, unknown>> {
  return { name, status, detail, hint: hint ?? null };
}

function renderChecks(checks: readonly DoctorCheck[], output: Output): string {
  const { style } = output;
  const marks = {
    ok: style.good('ok'),
    warning: style.warn('warning'),
    problem: style.bad('problem'),
  };
  const facts = checks.map(({ name, status, detail, hint }): [string, string] => {
    const mark = status === 'ok' ? '' : `${marks[status]}: `;
    return [name, `${mark}${detail}${hint === undefined ? '' : `\nhint: ${hint}`}`];
  });
  const trouble = checks.filter(({ status }) => status !== 'ok').length;
  const verdict = trouble === 0 ? marks.ok : `${trouble} of ${checks.length} checks need a look`;
  return [...alignFacts(facts, style), '', verdict].join('\n');
}
