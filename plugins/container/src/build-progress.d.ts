import type { Failure } from '@skein/model';
import type { BuildStep } from './build-steps.ts';
/** What a build tells while it goes on. */
export type BuildProgress = {
    readonly kind: 'started';
    readonly image: string;
    readonly steps: number;
} | {
    readonly kind: 'step';
    readonly image: string;
    /** From 1 on. */
    readonly step: number;
    readonly steps: number;
    /** As the author wrote it: `pip: numpy==2.1`. */
    readonly title: string;
} | {
    readonly kind: 'output';
    readonly image: string;
    readonly line: string;
} | {
    readonly kind: 'pushing';
    readonly image: string;
    readonly target: string;
} | {
    readonly kind: 'built';
    readonly image: string;
    readonly reference: string;
}
/** `image-build`: it was built, and something about it should be known. */
 | {
    readonly kind: 'warning';
    readonly image: string;
    readonly warning: Failure;
};
/** One line of a builder, read. */
export type BuilderLine = {
    readonly kind: 'step';
    readonly index: number;
} | {
    readonly kind: 'output';
    readonly line: string;
} | {
    readonly kind: 'chatter';
};
/** What a line of any builder says, about these steps. */
export declare function readBuilderLine(line: string, steps: readonly BuildStep[]): BuilderLine;
