declare module 'fs-extra/esm' {
  export function readJson(path: string): Promise<unknown>;
}

/** Keeps what it read. */
declare module 'hoarder' {
  export function recall(path: string): string;
}

declare module 'modernly' {
  export const name: string;
}
