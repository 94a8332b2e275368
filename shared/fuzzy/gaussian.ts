import { z } from 'zod';

/** Centre and width of a bell. */
export const gaussianParameters = z
  .tuple([z.number(), z.number().gt(0, { error: 'the width sigma of a gaussian membership must be above 0' })], {
    error: 'a gaussian membership takes 2 numbers: [mu, sigma]',
  })
  .describe('`[mu, sigma]`, sigma > 0: a bell around mu, exp(-((x - mu) / sigma)^2 / 2).');

/** Degree of membership of `x` in a bell around `mu` of width `sigma` > 0: exp(-((x - mu) / sigma)^2 / 2). */
export function gaussianDegree(x: number, mu: number, sigma: number): number {
  const distance = (x - mu) / sigma;
  return Math.exp(-0.5 * distance * distance);
}
