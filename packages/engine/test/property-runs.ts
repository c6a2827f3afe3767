/** Where someone wants to run thousands. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 0);

/** How often a property is tried: so often, unless `PROPERTY_RUNS` says otherwise. */
export function runs(usual: number): { readonly numRuns: number } {
  return { numRuns: RUNS > 0 ? RUNS : usual };
}
