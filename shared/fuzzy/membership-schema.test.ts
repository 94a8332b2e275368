import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenPath } from '../../test/golden.ts';
import { membershipSchema } from './membership-schema.ts';
import { membershipArbitrary } from './testing/membership-arbitrary.ts';

interface Golden {
  readonly construction: readonly { readonly type: string; readonly parameters: readonly number[]; readonly ok: boolean }[];
}

const GOLDEN = JSON.parse(readFileSync(goldenPath('fuzzy/memberships.json'), 'utf8')) as Golden;

const FORMS = 'a membership is {type: triangular, trapezoidal or gaussian, parameters: [...]}, or three numbers for a triangle';

/** What a wrong membership is refused with: path and message of each problem. */
function problems(input: unknown): string[] {
  const read = membershipSchema.safeParse(input);
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('membershipSchema', () => {
  it.each(GOLDEN.construction)('decides as the reference on $type $parameters: $ok', ({ type, parameters, ok }) => {
    expect(membershipSchema.safeParse({ type, parameters }).success).toBe(ok);
  });

  it('reads three bare numbers as a triangle', () => {
    expect(membershipSchema.parse([0, 20, 35])).toEqual({ type: 'triangular', parameters: [0, 20, 35] });
  });

  it.each(['gaussian', 'Gaussian', 'GAUSSIANMF', 'GaussianMF'])('reads the type name %s', (type) => {
    expect(membershipSchema.parse({ type, parameters: [50, 10] })).toEqual({ type: 'gaussian', parameters: [50, 10] });
  });

  it('reads any valid membership as it stands', () => {
    fc.assert(
      fc.property(membershipArbitrary, (membership) => {
        expect(membershipSchema.parse(membership)).toEqual(membership);
      }),
    );
  });

  it.each<[unknown, string]>([
    [[0, 20, 35, 50], ': a triangular membership takes 3 numbers: [a, b, c]'],
    [[0, 35, 20], ': a triangular membership needs a <= b <= c'],
    [['0', 20, 35], '0: Invalid input: expected number, received string'],
    [[0, 20, Infinity], '2: Invalid input: expected number, received Infinity'],
    [[0, NaN, 20], '1: Invalid input: expected number, received NaN'],
    [{ type: 'trapezoidal', parameters: [0, 2, 1, 3] }, 'parameters: a trapezoidal membership needs a <= b <= c <= d'],
    [{ type: 'trapezoidal', parameters: [0, 1, 2] }, 'parameters: a trapezoidal membership takes 4 numbers: [a, b, c, d]'],
    [{ type: 'gaussian', parameters: [0, 0] }, 'parameters.1: the width sigma of a gaussian membership must be above 0'],
    [{ type: 'gaussian', parameters: [0] }, 'parameters: a gaussian membership takes 2 numbers: [mu, sigma]'],
    [{ type: 'gaussian' }, 'parameters: a gaussian membership takes 2 numbers: [mu, sigma]'],
    [{ type: 'gaussian', parameters: [0, 1], sigma: 2 }, ': Unrecognized key: "sigma"'],
    [{ type: 'sigmoid', parameters: [0, 1] }, `type: ${FORMS}`],
    [{ parameters: [0, 1, 2] }, `type: ${FORMS}`],
    ['low', `: ${FORMS}`],
    [null, `: ${FORMS}`],
  ])('refuses %j and says where and why', (input, problem) => {
    expect(problems(input)).toEqual([problem]);
  });
});
