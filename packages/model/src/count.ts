/** X8: total = executed + reused + adopted; failed is part of executed. */
export interface ActionCounts {
  readonly total: number;
  readonly executed: number;
  readonly reused: number;
  readonly adopted: number;
  readonly failed: number;
}
