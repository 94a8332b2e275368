import { z } from 'zod';
import { ascending, slope } from './breakpoints.ts';

/** Foot, shoulder, shoulder and foot of a trapezoid. */
export const trapezoidalParameters = z
  .tuple([z.number(), z.number(), z.number(), z.number()], { error: 'a trapezoidal membership takes 4 numbers: [a, b, c, d]' })
  .refine(ascending, { error: 'a trapezoidal membership needs a <= b <= c <= d' })
  .describe('`[a, b, c, d]`, a <= b <= c <= d: 1 from b to c, falling in straight lines to 0 at a and d. There are no infinite shoulders.');

/**
 * Degree of membership of `x` in a trapezoid that rises from `a` to `b`, is 1 from `b` to `c`, and falls to `d`; a <= b <= c <= d.
 * The feet are 0 even where a side is vertical: [0, 0, 20, 35] gives 0 at 0.
 */
export function trapezoidalDegree(x: number, a: number, b: number, c: number, d: number): number {
  if (x <= a || x >= d) return 0;
  if (x < b) return slope(x, a, b);
  return x <= c ? 1 : slope(x, d, c);
}
