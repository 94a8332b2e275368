import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviations } from '../../test/close-to.ts';
import { goldenPath, readGoldenBars, readGoldenTable } from '../../test/golden.ts';
import { findIndicator } from '../indicators/registry.ts';
import type { MembershipSpec } from '../strategy/strategy.ts';
import { fuzzify, membershipFunction } from './membership.ts';
import { membershipArbitrary } from './testing/membership-arbitrary.ts';

interface Evaluation {
  readonly type: string;
  readonly parameters: readonly number[];
  readonly degrees: readonly (number | null)[];
}

interface Golden {
  readonly x: readonly (number | string)[];
  readonly evaluations: readonly Evaluation[];
}

const GOLDEN = JSON.parse(readFileSync(goldenPath('fuzzy/memberships.json'), 'utf8')) as Golden;

const number = fc.double({ min: -1_000, max: 1_000, noNaN: true });

describe('degrees of membership', () => {
  const x = Float64Array.from(GOLDEN.x, Number);

  it.each(GOLDEN.evaluations)('of $type $parameters equal the reference figures', ({ type, parameters, degrees }) => {
    const membership = { type, parameters } as MembershipSpec;
    const expected = degrees.map((degree) => degree ?? NaN);
    expect(deviations(fuzzify(membership, x), expected)).toEqual([]);
    expect(deviations(Array.from(x, membershipFunction(membership)), expected)).toEqual([]);
  });

  it.each<[string, MembershipSpec]>([
    ['rsi_tri_oversold', { type: 'triangular', parameters: [0, 20, 40] }],
    ['rsi_tri_neutral', { type: 'triangular', parameters: [30, 50, 70] }],
    ['rsi_tri_overbought', { type: 'triangular', parameters: [60, 80, 100] }],
    ['rsi_trap_low', { type: 'trapezoidal', parameters: [0, 10, 30, 40] }],
    ['rsi_trap_high', { type: 'trapezoidal', parameters: [60, 70, 90, 100] }],
    ['rsi_gauss_low', { type: 'gaussian', parameters: [30, 15] }],
    ['rsi_gauss_mid', { type: 'gaussian', parameters: [50, 12] }],
  ])('of an RSI over real bars equal the reference figures: %s', (column, membership) => {
    const table = readGoldenTable('fuzzy/1h_rsi_memberships.csv');
    const rsi = findIndicator('rsi')!;
    const values = rsi.compute(readGoldenBars('EURUSD', '1h'), rsi.params.parse({})).value!;
    const degrees = fuzzify(membership, values).subarray(0, table.length);
    expect(deviations(degrees, table.column(column), { relative: 1e-9, absolute: 1e-13 })).toEqual([]);
  });

  it('fall off over no less than 2^-52, however narrow a side', () => {
    const spike = membershipFunction({ type: 'triangular', parameters: [-1e-17, 0, 1e-17] });
    expect([spike(-5e-18), spike(0), spike(5e-18)]).toEqual([5e-18 / 2 ** -52, 1, 5e-18 / 2 ** -52]);
    const step = membershipFunction({ type: 'trapezoidal', parameters: [0, 1e-17, 1, 2] });
    expect([step(4e-18), step(1e-17)]).toEqual([4e-18 / 2 ** -52, 1]);
  });

  it('lie between 0 and 1, and reach 1 in the middle', () => {
    fc.assert(
      fc.property(membershipArbitrary, fc.array(number), (membership, values) => {
        expect(fuzzify(membership, Float64Array.from(values)).every((degree) => degree >= 0 && degree <= 1)).toBe(true);
      }),
    );
    expect(membershipFunction({ type: 'triangular', parameters: [0, 1, 2] })(1)).toBe(1);
    expect(membershipFunction({ type: 'trapezoidal', parameters: [0, 1, 2, 3] })(1.5)).toBe(1);
    expect(membershipFunction({ type: 'gaussian', parameters: [1, 2] })(1)).toBe(1);
  });

  it('rise to the middle and fall from it', () => {
    fc.assert(
      fc.property(membershipArbitrary, fc.array(number, { minLength: 2 }), ({ type, parameters }, values) => {
        const x = Float64Array.from(values).sort();
        const degrees = fuzzify({ type, parameters } as MembershipSpec, x);
        const middle = type === 'gaussian' ? parameters[0] : parameters[1];
        const foot = type === 'gaussian' ? -Infinity : parameters[0];
        const rising = degrees.filter((_, i) => x[i]! > foot && x[i]! <= middle);
        const falling = degrees.filter((_, i) => x[i]! > middle);
        expect(rising).toEqual(rising.toSorted());
        expect(falling).toEqual(falling.toSorted().toReversed());
      }),
    );
  });
});

describe('fuzzify', () => {
  it('gives the membership function of every value', () => {
    fc.assert(
      fc.property(membershipArbitrary, fc.array(fc.double()), (membership, values) => {
        expect([...fuzzify(membership, Float64Array.from(values))]).toEqual(values.map(membershipFunction(membership)));
      }),
    );
  });

  it('writes where it is told, its input included, and nowhere else', () => {
    const membership: MembershipSpec = { type: 'triangular', parameters: [0, 1, 2] };
    const values = Float64Array.of(0.5, NaN, 1);
    const out = new Float64Array(3);
    expect(fuzzify(membership, values, out)).toBe(out);
    expect([...out]).toEqual([0.5, NaN, 1]);
    expect([...values]).toEqual([0.5, NaN, 1]);
    expect([...fuzzify({ type: 'gaussian', parameters: [1, 1] }, values, values)]).toEqual([Math.exp(-0.125), NaN, 1]);
  });

  it('refuses an output of another length', () => {
    expect(() => fuzzify({ type: 'triangular', parameters: [0, 1, 2] }, new Float64Array(3), new Float64Array(2))).toThrow(RangeError);
  });
});
