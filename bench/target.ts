import type { Unit } from './unit.ts';

/** A bound on a figure, in its own unit, or on its ratio to the peer's. */
export interface Target {
  readonly of: 'figure' | 'ratio';
  readonly bound: 'at least' | 'at most';
  readonly value: number;
}

/** What a target is held against; a figure that could not be measured is undefined. */
export interface Measured {
  readonly figure: number | undefined;
  readonly ratio: number | undefined;
}

/** Whether the bound holds; what was not measured meets none. */
export function isMet(target: Target, measured: Measured): boolean {
  const value = measured[target.of];
  if (value === undefined) return false;
  return target.bound === 'at least' ? value >= target.value : value <= target.value;
}

/** `≥ 2,000/s`, `≤ 0.9×`. */
export function describeTarget({ of, bound, value }: Target, unit: Unit): string {
  const sign = bound === 'at least' ? '≥' : '≤';
  const number = value.toLocaleString('en-US');
  if (of === 'ratio') return `${sign} ${number}×`;
  return unit === '/s' ? `${sign} ${number}/s` : `${sign} ${number} ${unit}`;
}
