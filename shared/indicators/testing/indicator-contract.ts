import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closesOnly } from '../../labels/testing/closes-only.ts';
import { sliceBars, type Bars } from '../../market-data/bars.ts';
import { barsArbitrary } from '../../market-data/testing/bars-arbitrary.ts';
import type { Indicator } from '../indicator.ts';
import { fieldsOf, paramsArbitrary } from './params-arbitrary.ts';

/** The laws of every indicator, as tests. */
export function testIndicatorContract(indicator: Indicator): void {
  const params = paramsArbitrary(indicator);
  const columnsOf = (bars: Bars, parameters: Readonly<Record<string, unknown>>): readonly (readonly [string, Float64Array])[] =>
    Object.entries(indicator.compute(bars, parameters));

  describe(`indicator contract: ${indicator.type}`, () => {
    it('computes the outputs it declares, one value a bar, none of them shared', () => {
      law(fc.tuple(barsArbitrary(), params), ([bars, parameters]) => {
        const columns = columnsOf(bars, parameters);
        expect(columns.map(([output]) => output)).toEqual(indicator.outputs);
        expect(columns.map(([, values]) => values.length)).toEqual(columns.map(() => bars.length));
        expect(new Set(columns.map(([, values]) => values.buffer)).size).toBe(columns.length);
      });
    });

    const hasGaps = (output: string): boolean => indicator.gaps?.includes(output) ?? false;
    /** A finite value, or none where the output may have a gap. */
    const isValueOf = (output: string) => (value: number): boolean => Number.isFinite(value) || (Number.isNaN(value) && hasGaps(output));

    it('has no value before its warm-up, and a finite one on every bar from there on', () => {
      law(fc.tuple(barsArbitrary({ minLength: 80 }), params), ([bars, parameters]) => {
        const warmup = indicator.warmup(parameters);
        for (const [output, values] of columnsOf(bars, parameters)) {
          expect(values.subarray(0, warmup).every(Number.isNaN)).toBe(true);
          expect(values.subarray(warmup).every(isValueOf(output))).toBe(true);
        }
      });
    });

    it('has no value at all on a series shorter than its warm-up', () => {
      law(fc.tuple(barsArbitrary({ maxLength: 30 }), params, fc.nat()), ([bars, parameters, cut]) => {
        const short = sliceBars(bars, 0, Math.min(bars.length, cut % (indicator.warmup(parameters) + 1)));
        for (const [, values] of columnsOf(short, parameters)) expect([...values].filter((value) => !Number.isNaN(value))).toEqual([]);
      });
    });

    it('knows nothing of later bars: a prefix of the bars gives a prefix of the values, bit for bit', () => {
      fc.assert(prefixLaw(indicator), { numRuns: 40 });
    });

    it('has a finite value on every bar of a market that never moves', () => {
      law(fc.tuple(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), params), ([price, parameters]) => {
        const bars = closesOnly(new Array<number>(150).fill(price));
        for (const [output, values] of columnsOf(bars, parameters)) {
          expect(values.subarray(indicator.warmup(parameters)).every(isValueOf(output))).toBe(true);
        }
      });
    });

    it('reads opens, highs, lows and volume only where it says so, or as its source', () => {
      law(fc.tuple(barsArbitrary({ minLength: 80 }), params), ([bars, parameters]) => {
        const read = new Set<string>();
        const watched = new Proxy(bars, { get: (target, name) => (read.add(String(name)), Reflect.get(target, name)) });
        indicator.compute(watched, parameters);
        const source = 'source' in parameters ? [String(parameters['source'])] : ['close'];
        const range = indicator.usesRange ? ['open', 'high', 'low', 'close'] : [];
        const declared = new Set([...source, ...range, ...(indicator.usesVolume ? ['volume', 'close'] : []), 'length']);
        expect([...read].filter((name) => !declared.has(name))).toEqual([]);
      });
    });

    it('leaves the bars as they were', () => {
      law(fc.tuple(barsArbitrary(), params), ([bars, parameters]) => {
        const before = structuredClone(bars);
        indicator.compute(bars, parameters);
        expect(bars).toEqual(before);
      });
    });

    it('has defaults for all its parameters, within their own ranges', () => {
      const defaults = indicator.params.parse({});
      expect(Object.keys(defaults)).toEqual(Object.keys(fieldsOf(indicator)));
      expect(indicator.params.parse(defaults)).toEqual(defaults);
    });

    it('refuses parameters it does not know', () => {
      expect(indicator.params.safeParse({ unheardOf: 1 }).success).toBe(false);
    });

    const wholeNumbers = wholeNumbersOf(indicator);
    it.runIf(wholeNumbers.length > 0).each(wholeNumbers)('takes only whole numbers within its range as %s', (name, min, max) => {
      const takes = (value: unknown): boolean => indicator.params.safeParse({ [name]: value }).success;
      expect([min, max].map(takes)).toEqual([true, true]);
      expect([min - 1, max + 1, min + 0.5, String(min), null, NaN].map(takes)).toEqual([false, false, false, false, false, false]);
    });
  });
}

/** A prefix of the bars gives a prefix of the values, bit for bit, with any parameters. */
export function prefixLaw(indicator: Indicator) {
  return fc.property(barsArbitrary(), paramsArbitrary(indicator), fc.nat(), (bars, parameters, cut) => {
    const length = cut % (bars.length + 1);
    const whole = indicator.compute(bars, parameters);
    for (const [output, values] of Object.entries(indicator.compute(sliceBars(bars, 0, length), parameters))) {
      expect(bitsOf(values)).toEqual(bitsOf(whole[output]!.subarray(0, length)));
    }
  });
}

function law<T>(input: fc.Arbitrary<T>, check: (input: T) => void): void {
  fc.assert(fc.property(input, check), { numRuns: 40 });
}

function wholeNumbersOf(indicator: Indicator): [name: string, min: number, max: number][] {
  return Object.entries(fieldsOf(indicator)).flatMap(([name, { type, minimum, maximum }]) =>
    type === 'integer' ? [[name, minimum!, maximum!] as [string, number, number]] : [],
  );
}

function bitsOf(values: Float64Array): BigUint64Array {
  return new BigUint64Array(values.slice().buffer);
}
