import { type CopyPlace } from '@skein/images';
import type { ImageRecipe, Result } from '@skein/model';
export interface StagedCopies {
    readonly recipe: ImageRecipe;
    readonly place: CopyPlace;
    /** An empty folder: the context of the build. */
    readonly context: string;
}
/**
 * Lays out what a recipe copies, with the same modes and times whenever and wherever it is done.
 * Where each `copy` lies in the context, in their order.
 */
export declare function stageCopies(order: StagedCopies): Promise<Result<readonly string[]>>;
