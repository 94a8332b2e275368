import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatFixed, formatPercent, reprFloat } from './python-format.ts';

type Format = 'repr' | '.1%' | '.0%' | '.2%' | '.3f' | '.2f';

/** What Python 3.11 prints for a float given by its `repr`. */
const printed = JSON.parse(
  readFileSync(new URL('../../test/fixtures/golden/gates/python_format.json', import.meta.url), 'utf8'),
) as readonly Readonly<Record<Format, string>>[];

test.each(printed)('prints $repr as Python does', (expected) => {
  const value = Number(expected.repr);
  expect({
    repr: reprFloat(value),
    '.1%': formatPercent(value, 1),
    '.0%': formatPercent(value, 0),
    '.2%': formatPercent(value, 2),
    '.3f': formatFixed(value, 3),
    '.2f': formatFixed(value, 2),
  }).toEqual(expected);
});

test('a printed float reads back as the same number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(reprFloat(value))).toBe(value);
    }),
  );
});
