/** Whether an absolute path is the folder, or lies in it. */
export declare function coversPath(folder: string, path: string): boolean;
/** Without those that lie in another of them: nothing is to be mounted twice. */
export declare function outermost(paths: readonly string[]): readonly string[];
