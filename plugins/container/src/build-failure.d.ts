import type { Failure, ImageRecipe } from '@skein/model';
import type { BuildStep } from './build-steps.ts';
/** How a build ended that failed. */
export interface FailedBuild {
    readonly image: string;
    /** The step that it was at; absent: it got to none. */
    readonly step: BuildStep | undefined;
    /** What the step, and then the builder, said. */
    readonly output: readonly string[];
}
/** Names the step, and of several packages the one that its output blames. */
export declare function failedBuild({ image, step, output }: FailedBuild): Failure;
/** It was built, but nobody can be given it. */
export declare function failedPush(image: string, target: string, said: string): Failure;
/** The image would not be what its name says. */
export declare function changedCopy(recipe: ImageRecipe, path: string): Failure;
/** Without a registry there is no digest that anyone could pin. */
export declare function noDigest(image: string, program: string): Failure;
/** Said with every build that no registry gets. */
export declare function localOnly(image: string, reference: string): Failure;
