import type { RowsEnd } from '../dataset/feature-matrix.ts';
import { rowsEndRemark } from '../dataset/rows-end.ts';
import type { Bars } from '../market-data/bars.ts';
import { coverageTolerance } from '../market-data/coverage.ts';
import { isoTime } from '../market-data/times.ts';

/** The bars of one symbol that are traded: one past the last of them, opening of the first and close of the last, milliseconds UTC. */
interface Traded {
  readonly symbol: string;
  readonly end: number;
  readonly start: number;
  readonly close: number;
}

/**
 * What a person should know of the bars that are traded: where one symbol's begin or end markedly after or before those of others, by more
 * than data may miss, and where they end before the symbol's bars do.
 * @param series of each symbol its bars, and why they end before all of its base bars
 * @param windows one per series, in their order
 * @param until end of the range that was chosen, milliseconds UTC; Infinity where it has none
 * @returns sentences, at most three a symbol
 */
export function rangeNotices(series: readonly { readonly bars: Bars; readonly ended?: RowsEnd }[], windows: readonly Traded[], until: number): readonly string[] {
  const first = windows.reduce((earliest, window) => (window.start < earliest.start ? window : earliest));
  const last = windows.reduce((latest, window) => (window.close > latest.close ? window : latest));
  return windows.flatMap((window, i) => {
    const { bars, ended } = series[i]!;
    const tolerance = coverageTolerance(bars.timeframe);
    const cut = window.end === bars.length ? rowsEndRemark(bars, ended, until) : null;
    const late = `${window.symbol} is traded from ${isoTime(window.start)} on, ${first.symbol} from ${isoTime(first.start)} on: until then its capital lies idle`;
    const early = `${window.symbol} is traded until ${isoTime(window.close)}, ${last.symbol} until ${isoTime(last.close)}: from then on its equity stands still`;
    const inAll = 'in the figures of all symbols together.';
    return [
      ...(cut === null ? [] : [`Backtest: ${cut}`]),
      ...(window.start - first.start > tolerance ? [`Backtest: ${late} ${inAll}`] : []),
      ...(last.close - window.close > tolerance ? [`Backtest: ${early} ${inAll}`] : []),
    ];
  });
}
