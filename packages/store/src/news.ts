/** How old news may be where asking costs a request: below the 5 s that are promised. */
export const NEWS_MS = 4_000;
