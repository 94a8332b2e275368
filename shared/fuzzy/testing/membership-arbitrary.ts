import * as fc from 'fast-check';
import type { MembershipSpec } from '../../strategy/strategy.ts';

const number = fc.double({ min: -1_000, max: 1_000, noNaN: true });
const corner = fc.oneof(number, fc.integer({ min: -5, max: 5 }));
const byValue = (a: number, b: number): number => a - b;

/** Any valid membership; vertical sides and single points are common. */
export const membershipArbitrary: fc.Arbitrary<MembershipSpec> = fc.oneof(
  fc.tuple(corner, corner, corner).map((corners): MembershipSpec => ({ type: 'triangular', parameters: corners.sort(byValue) })),
  fc.tuple(corner, corner, corner, corner).map((corners): MembershipSpec => ({ type: 'trapezoidal', parameters: corners.sort(byValue) })),
  fc
    .tuple(number, fc.double({ min: 1e-6, max: 1_000, noNaN: true }))
    .map((parameters): MembershipSpec => ({ type: 'gaussian', parameters })),
);
