import { expect } from 'vitest';

/** How far a computed figure may lie from a reference figure: within either bound. */
export interface Tolerance {
  /** Share of the reference figure. */
  readonly relative: number;
  /** In the figure's own unit: what rounding of its inputs amounts to where it is itself near zero. */
  readonly absolute: number;
}

/** Nine digits, as reference figures are compared. */
export const NINE_DIGITS: Tolerance = { relative: 1e-9, absolute: 0 };

/** Whether two figures agree; NaN agrees with NaN alone. */
export function isCloseTo(actual: number, expected: number, { relative, absolute }: Tolerance = NINE_DIGITS): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  return actual === expected || Math.abs(actual - expected) <= Math.max(absolute, relative * Math.abs(expected));
}

/** Expects two columns to agree entry by entry; a failure shows the entries that do not. */
export function expectColumnsClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: Tolerance = NINE_DIGITS): void {
  expect(actual.length).toBe(expected.length);
  const deviations = Array.from(expected, (value, i) => ({ i, actual: actual[i]!, expected: value })).filter(
    (entry) => !isCloseTo(entry.actual, entry.expected, tolerance),
  );
  expect(deviations.slice(0, 5)).toEqual([]);
}
