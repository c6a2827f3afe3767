/**
 * The folders outside the workspace that a worker loads code from: the package of its entry, each
 * `node_modules` that Node looks through from there and from the workspace, and the packages that
 * are linked into those.
 */
export declare function foldersOfPackages(entry: string, root: string): readonly string[];
