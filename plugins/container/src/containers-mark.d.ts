/** Before the first container starts: from then on some may be left. */
export declare function markContainers(pool: string, engine: string): void;
/** The engine that a pool started containers with; `undefined`: it started none. */
export declare function engineMarkedIn(pool: string): string | undefined;
export declare function unmarkContainers(pool: string): Promise<void>;
