import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceBars, type Bars } from '../../market-data/bars.ts';
import type { BarRange, Labeler, Labels, LabelStatistics } from '../labeler.ts';

interface ContractCase<P extends object, S extends LabelStatistics | void> {
  readonly labeler: Labeler<P, S>;
  /** Parameters for short series: most bars should resolve within a few dozen bars. */
  readonly params: fc.Arbitrary<P>;
  readonly bars: fc.Arbitrary<Bars>;
}

/** The laws of every labeler, as tests. */
export function describeLabelerContract<P extends object, S extends LabelStatistics | void>({ labeler, params, bars }: ContractCase<P, S>): void {
  const fit = (series: Bars, chosen: P, range: BarRange): S => labeler.fit?.(series, chosen, range) as S;
  const labelFitted = (series: Bars, chosen: P): Labels => labeler.label(series, chosen, fit(series, chosen, [0, series.length]));

  const law = (check: (labels: Labels, bars: Bars, params: P) => void): void => {
    fc.assert(fc.property(bars, params, (series, chosen) => check(labelFitted(series, chosen), series, chosen)), { seed: 7 });
  };

  const isLabel = (value: number): boolean => (labeler.classes === null ? Number.isFinite(value) : labeler.classes[value] !== undefined);

  describe(`labeler contract: ${labeler.source}`, () => {
    it('labels each bar at or after the bar itself, or leaves it unresolved and NaN', () => {
      law(({ values, resolvedAt }, { length }) => {
        expect([values.length, resolvedAt.length]).toEqual([length, length]);
        const broken = Array.from(resolvedAt, (at, i) =>
          at === -1 ? Number.isNaN(values[i]) : at >= i && at < length && isLabel(values[i]!),
        ).indexOf(false);
        expect(broken).toBe(-1);
      });
    });

    it('knows a label at the bar it is resolved at, from the bars so far, and not one bar sooner', () => {
      law((labels, series, chosen) => {
        const statistics = fit(series, chosen, [0, series.length]);
        const prefixes = Array.from({ length: series.length + 1 }, (_, end) => labeler.label(sliceBars(series, 0, end), chosen, statistics));
        const broken = Array.from(labels.resolvedAt, (resolved, i) => {
          if (resolved < 0) return true;
          const then = prefixes[resolved + 1]!;
          const known = then.values[i] === labels.values[i] && then.resolvedAt[i] === resolved;
          return known && (resolved === i || prefixes[resolved]!.resolvedAt[i] === -1);
        }).indexOf(false);
        expect(broken).toBe(-1);
      });
    });

    it('knows at each bar whether it is an event', () => {
      law((labels, series, chosen) => {
        const statistics = fit(series, chosen, [0, series.length]);
        const middle = Math.floor(series.length / 2);
        const then = labeler.label(sliceBars(series, 0, middle), chosen, statistics);
        expect(then.events).toEqual(labels.events?.subarray(0, middle));
      });
    });

    it('measures its statistics on no bar after the range', () => {
      law((_, series, chosen) => {
        const middle = Math.floor(series.length / 2);
        expect(fit(sliceBars(series, 0, middle), chosen, [0, middle])).toEqual(fit(series, chosen, [0, middle]));
      });
    });

    it('labels nothing in an empty series', () => {
      law((_, series, chosen) => {
        expect(labelFitted(sliceBars(series, 0, 0), chosen).values).toHaveLength(0);
      });
    });

    it('has a default for every parameter and refuses unknown ones', () => {
      expect(labeler.params.safeParse({}).success).toBe(true);
      expect(labeler.params.safeParse({ no_such_parameter: 1 }).success).toBe(false);
    });
  });
}
