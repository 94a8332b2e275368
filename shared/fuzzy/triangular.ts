import { z } from 'zod';
import { ascending, slope } from './breakpoints.ts';

/** Foot, peak and foot of a triangle. */
export const triangularParameters = z
  .tuple([z.number(), z.number(), z.number()], { error: 'a triangular membership takes 3 numbers: [a, b, c]' })
  .refine(ascending, { error: 'a triangular membership needs a <= b <= c' })
  .describe('`[a, b, c]`, a <= b <= c: 1 at the peak b, falling in straight lines to 0 at a and c.');

/**
 * Degree of membership of `x` in a triangle from `a` over its peak `b` to `c`, a <= b <= c.
 * The peak is 1 even where a side is vertical; the feet and everything beyond are 0.
 */
export function triangularDegree(x: number, a: number, b: number, c: number): number {
  if (x === b) return 1;
  if (x <= a || x >= c) return 0;
  return x < b ? slope(x, a, b) : slope(x, c, b);
}
