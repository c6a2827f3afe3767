import type { ProcessIdentity } from '@skein/journal';
export declare const POOL_LABEL = "dev.skein.pool";
export declare const OWNER_LABEL = "dev.skein.owner";
/** Whose a container is: the scratch folder of its pool, and the process that started it. */
export interface Belonging {
    readonly pool: string;
    readonly owner: ProcessIdentity | undefined;
}
export declare function labelsOf({ pool, owner }: Belonging): Readonly<Record<string, string>>;
/** Reads what `labelsOf` writes; `undefined`: it is none of ours. */
export declare function belongingOf(labels: Readonly<Record<string, unknown>>): Belonging | undefined;
