/** Whether the corners of a membership function stand in order; equal ones make a vertical side. */
export function ascending(corners: readonly number[]): boolean {
  return corners.every((corner, i) => i === 0 || corners[i - 1]! <= corner);
}

/** Height at `x` of a side that rises from 0 at `foot` to 1 at `top`, or falls where `top` < `foot`. */
export function slope(x: number, foot: number, top: number): number {
  // No side counts as narrower than 2^-52.
  return top > foot ? (x - foot) / Math.max(top - foot, Number.EPSILON) : (foot - x) / Math.max(foot - top, Number.EPSILON);
}
