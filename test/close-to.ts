/** How far a computed figure may lie from a reference figure: within either bound. */
export interface Tolerance {
  /** Share of the reference figure. */
  readonly relative: number;
  /** In the figure's own unit: what rounding of its inputs amounts to where it is itself near zero. */
  readonly absolute: number;
}

/** Nine digits, as reference figures are compared. */
const NINE_DIGITS: Tolerance = { relative: 1e-9, absolute: 0 };

/** One figure that is not what it should be. */
interface Deviation {
  readonly index: number;
  readonly actual: number | undefined;
  readonly expected: number | undefined;
}

/**
 * Where two columns differ by more than the tolerance; NaN agrees with NaN alone, and an entry that one column lacks with
 * nothing. At most the first five: `expect(deviations(actual, expected)).toEqual([])` then shows what went wrong.
 */
export function deviations(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: Tolerance = NINE_DIGITS): Deviation[] {
  const found: Deviation[] = [];
  for (let index = 0; index < Math.max(actual.length, expected.length) && found.length < 5; index += 1) {
    if (!agree(actual[index], expected[index], tolerance)) found.push({ index, actual: actual[index], expected: expected[index] });
  }
  return found;
}

function agree(actual: number | undefined, expected: number | undefined, { relative, absolute }: Tolerance): boolean {
  if (actual === undefined || expected === undefined) return false;
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  return actual === expected || Math.abs(actual - expected) <= Math.max(absolute, relative * Math.abs(expected));
}
