import type { BuildRequest } from '@skein/images';
/** One instruction of a Containerfile. */
export interface BuildStep {
    /** As the author wrote it: `apt: git curl`, `run: make install`. */
    readonly title: string;
    /** Packages of a step that installs some: one of them may be at fault. */
    readonly parts: readonly string[];
    readonly instruction: string;
    /** It makes a layer; BuildKit counts only these. */
    readonly isLayer: boolean;
}
/** The label by which people find out what an image was built of. */
export declare const RECIPE_LABEL = "dev.skein.recipe";
/**
 * The instructions of a recipe. `staged` says, in the order of `recipe.copy`, where each file lies
 * in the build's context.
 */
export declare function buildSteps({ recipe, base, digest }: BuildRequest, staged: readonly string[]): readonly BuildStep[];
/** The text that podman, buildah and Docker read. */
export declare function containerfileOf(steps: readonly BuildStep[]): string;
