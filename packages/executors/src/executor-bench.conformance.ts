/** What tests of an executor in another package are made of. */
export { openWorkshop } from '../test/bundle.ts';
export type { Workshop } from '../test/bundle.ts';
export { FakeEngine } from '../test/engine.ts';
export { STRAINING_NAMES, STRAINING_SOURCE } from '../test/straining.ts';
