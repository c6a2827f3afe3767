import type { Failure } from '@skein/model';
import type { BuildStep } from './build-steps.ts';

/** What a build tells while it goes on. */
export type BuildProgress =
  | { readonly kind: 'started'; readonly image: string; readonly steps: number }
  | {
      readonly kind: 'step';
      readonly image: string;
      /** From 1 on. */
      readonly step: number;
      readonly steps: number;
      /** As the author wrote it: `pip: numpy==2.1`. */
      readonly title: string;
    }
  | { readonly kind: 'output'; readonly image: string; readonly line: string }
  | { readonly kind: 'pushing'; readonly image: string; readonly target: string }
  | { readonly kind: 'built'; readonly image: string; readonly reference: string }
  /** `image-build`: it was built, and something about it should be known. */
  | { readonly kind: 'warning'; readonly image: string; readonly warning: Failure };

/** One line of a builder, read. */
export type BuilderLine =
  | { readonly kind: 'step'; readonly index: number }
  | { readonly kind: 'output'; readonly line: string }
  | { readonly kind: 'chatter' };

/** Podman, buildah and the old builder of Docker: `STEP 2/5: RUN …`. */
const STEP = /^step (\d+)\/\d+ ?:/i;
/** BuildKit: `#7 [3/4] RUN …`, then `#7 0.31 output`. */
const VERTEX = /^#\d+ \[(?:\S+ )?(\d+)\/\d+\] /;
const VERTEX_OUTPUT = /^#\d+ \d+\.\d+ ?(.*)$/;
const VERTEX_CHATTER = /^#\d+(?: |$)/;
const CHATTER = new RegExp(
  '^(?:-->|COMMIT |Successfully |Getting image |Copying |Writing |Storing |Trying to pull' +
    '|[0-9a-f]{64}$| ---> )',
);

/** What a line of any builder says, about these steps. */
export function readBuilderLine(line: string, steps: readonly BuildStep[]): BuilderLine {
  const every = STEP.exec(line)?.[1];
  if (every !== undefined) return { kind: 'step', index: Number(every) - 1 };
  const layer = VERTEX.exec(line)?.[1];
  if (layer !== undefined) {
    const counted = steps.flatMap((step, index) => (step.isLayer ? [index] : []));
    const index = counted[Number(layer) - 1];
    return index === undefined ? { kind: 'chatter' } : { kind: 'step', index };
  }
  const output = VERTEX_OUTPUT.exec(line)?.[1];
  if (output !== undefined) return { kind: 'output', line: output };
  const isChatter = line.trim() === '' || CHATTER.test(line) || VERTEX_CHATTER.test(line);
  return isChatter ? { kind: 'chatter' } : { kind: 'output', line };
}
