/**
 * Whether code of an installed package can be on the stack at all: as long as none was loaded,
 * nobody has to look (O3). Module tracking sets it when the first one is about to be loaded, and
 * never takes it back.
 */
export const packagesSeen = { any: false };
