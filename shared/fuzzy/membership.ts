import type { MembershipSpec } from '../strategy/strategy.ts';
import { gaussianDegree } from './gaussian.ts';
import { trapezoidalDegree } from './trapezoidal.ts';
import { triangularDegree } from './triangular.ts';

/** The membership function of a fuzzy set: degree in [0, 1] of a number; NaN of NaN. */
export function membershipFunction(spec: MembershipSpec): (x: number) => number {
  switch (spec.type) {
    case 'triangular': {
      const [a, b, c] = spec.parameters;
      return (x) => triangularDegree(x, a, b, c);
    }
    case 'trapezoidal': {
      const [a, b, c, d] = spec.parameters;
      return (x) => trapezoidalDegree(x, a, b, c, d);
    }
    case 'gaussian': {
      const [mu, sigma] = spec.parameters;
      return (x) => gaussianDegree(x, mu, sigma);
    }
  }
}

/**
 * Degrees of membership of a column of values; NaN where the value is. One loop per type, without a call through a closure.
 * @param out where to write them: as long as `values`, may be `values` itself; a new array by default
 * @returns `out`
 * @throws RangeError if `out` has another length
 */
export function fuzzify(spec: MembershipSpec, values: Float64Array, out: Float64Array = new Float64Array(values.length)): Float64Array {
  if (out.length !== values.length) throw new RangeError(`${values.length} values do not fit an output of ${out.length}`);
  switch (spec.type) {
    case 'triangular': {
      const [a, b, c] = spec.parameters;
      for (let i = 0; i < values.length; i += 1) out[i] = triangularDegree(values[i]!, a, b, c);
      return out;
    }
    case 'trapezoidal': {
      const [a, b, c, d] = spec.parameters;
      for (let i = 0; i < values.length; i += 1) out[i] = trapezoidalDegree(values[i]!, a, b, c, d);
      return out;
    }
    case 'gaussian': {
      const [mu, sigma] = spec.parameters;
      for (let i = 0; i < values.length; i += 1) out[i] = gaussianDegree(values[i]!, mu, sigma);
      return out;
    }
  }
}
