import type { Dataset } from '../dataset/dataset.ts';
import type { RowsEnd } from '../dataset/feature-matrix.ts';
import { fail } from '../errors/index.ts';
import { lowerBound, type Bars } from '../market-data/bars.ts';
import { selectRange } from '../market-data/coverage.ts';
import { isoTime } from '../market-data/times.ts';
import type { DateRange, Strategy } from '../strategy/strategy.ts';
import { rangeNotices } from './range-notices.ts';

/** Where the backtest's range comes from, in order of precedence. */
type RangeRule = 'backtest.date_range' | 'after_training_range' | 'test_split';

/** The bars of one symbol that are traded. */
export interface BacktestWindow {
  readonly symbol: string;
  /** Index in the symbol's base series of the first bar at whose close a decision is made. */
  readonly firstDecision: number;
  /** One past the last bar. */
  readonly end: number;
  /** Opening of the first bar decided on to close of the last bar, milliseconds UTC. */
  readonly start: number;
  readonly close: number;
  /** Share of the window's bars that training or validation has seen, 0 to 1. */
  readonly inSample: number;
}

export interface BacktestRange {
  readonly rule: RangeRule;
  /** One per series, in their order. */
  readonly windows: readonly BacktestWindow[];
  /** Share of all windows' bars that training or validation has seen, 0 to 1. */
  readonly inSample: number;
  /** What a person should know of the range: sentences. */
  readonly notices: readonly string[];
}

/** The base series of one symbol, all bars that have rows, and how many of its first bars lack a feature, or one in a row of their window. */
export interface BacktestSeries {
  readonly bars: Bars;
  readonly warmup: number;
  /** Why they end before all of the symbol's base bars; absent where they do not. */
  readonly ended?: RowsEnd;
}

export interface BacktestRangeInput {
  readonly strategy: Pick<Strategy, 'backtestRange' | 'trainingRange' | 'allowPartialCoverage'>;
  readonly series: readonly BacktestSeries[];
  /** Split borders of the dataset that the model was trained on. */
  readonly borders: Dataset['borders'];
}

/** Bars that must come before the first decision, unless the features' warm-up is longer. */
const LEAST_BARS_BEFORE = 50;
/** Bars after the training range, in every symbol, that make it the backtest's range. */
const LEAST_BARS_AFTER_TRAINING = 100;
/** One bar to decide on and one to fill at. */
const LEAST_BARS = 2;

/**
 * Chooses the bars to trade: `backtest.date_range`; else from the end of the training range on, if every symbol has
 * 100 bars there; else the test split. One rule holds for all symbols. Bars before the range warm the indicators up;
 * a decision has at least max(50, warm-up) bars before it.
 * @throws MarketDataError where the bars do not cover a requested range (see `selectRange`)
 * @throws BacktestDataError BACKTEST_TOO_FEW_BARS where fewer than two bars are left to trade
 */
export function backtestRange({ strategy, series, borders }: BacktestRangeInput): BacktestRange {
  const [trainStart, , testStart] = borders;
  const { rule, range } = chooseRange(strategy, series, borders);
  const allowPartial = rule !== 'backtest.date_range' || strategy.allowPartialCoverage;
  let traded = 0;
  let seen = 0;
  const windows = series.map(({ bars, warmup }): BacktestWindow => {
    const { from, to, used } = selectRange(bars, range, { allowPartial });
    const before = Math.max(LEAST_BARS_BEFORE, warmup);
    const firstDecision = Math.max(from, before);
    const count = to - firstDecision;
    if (count < LEAST_BARS) {
      throw fail('BACKTEST_TOO_FEW_BARS', {
        symbol: bars.symbol,
        rule,
        from: isoTime(used.start),
        to: isoTime(used.end),
        decisionBars: Math.max(count, 0),
        warmup: before,
        minimum: LEAST_BARS,
      });
    }
    const time = bars.time.subarray(firstDecision, to);
    const inSample = lowerBound(time, testStart) - lowerBound(time, trainStart);
    traded += count;
    seen += inSample;
    return { symbol: bars.symbol, firstDecision, end: to, start: time[0]!, close: used.end, inSample: inSample / count };
  });
  return { rule, windows, inSample: seen / traded, notices: rangeNotices(series, windows, range.end ?? Infinity) };
}

function chooseRange(
  { backtestRange: requested, trainingRange }: BacktestRangeInput['strategy'],
  series: readonly BacktestSeries[],
  [, , testStart, testEnd]: Dataset['borders'],
): { rule: RangeRule; range: DateRange } {
  if (requested !== null) return { rule: 'backtest.date_range', range: requested };
  const trainingEnd = trainingRange?.end ?? null;
  if (trainingEnd !== null && series.every(({ bars }) => bars.length - lowerBound(bars.time, trainingEnd) >= LEAST_BARS_AFTER_TRAINING)) {
    return { rule: 'after_training_range', range: { start: trainingEnd, end: null } };
  }
  return { rule: 'test_split', range: { start: testStart, end: testEnd } };
}
