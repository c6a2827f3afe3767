import { type AnalysisResult, analyse } from '@skein/analysis';
import { loadConfig } from './config.ts';
import type { Opened } from './opened.ts';

/** Analyses a pipeline as the workspace's configuration says: it is part of what tasks are (O3). */
export async function analyseEntry(
  { root, state, clock }: Opened,
  entry: string,
): Promise<AnalysisResult> {
  const config = await loadConfig(root);
  if (!config.ok) return { ok: false, failures: [config.failure] };
  const { passThrough } = config.value;
  return await analyse({ root, entry, state: state.path, passThrough, now: clock.now });
}
