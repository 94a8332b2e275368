import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BarColumn, Bars } from '../../../shared/market-data/bars.ts';
import { serializeBars } from '../../../shared/market-data/csv.ts';
import { durationMs, type Timeframe } from '../../../shared/market-data/timeframe.ts';

/** The least that trains: 100 rows in each of three splits, and the warm-up of an RSI. */
export const BARS = 480;
const START = Date.UTC(2020, 0, 1);

interface MarketOptions {
  readonly timeframe?: Timeframe;
  readonly bars?: number;
  /** Opening time of the first bar, milliseconds UTC. */
  readonly start?: number;
  /** Close of bar i. */
  readonly price?: (i: number) => number;
  readonly volume?: (i: number) => number;
}

/** A wave with a ripple on it: it has turns enough for labels of every kind. */
export const wave = (i: number): number => 100 * Math.exp(0.2 * Math.sin(i / 9) + 0.05 * Math.sin(i / 2.3));

/** Bars without gaps: each opens where the last one closed. */
export function market({ timeframe = '1d', bars: length = BARS, start = START, price = wave, volume = (i) => 1000 + (i % 7) }: MarketOptions = {}): Bars {
  const column = (valueAt: (i: number) => number) => Float64Array.from({ length }, (_, i) => valueAt(i));
  const close = column(price);
  const open = column((i) => close[Math.max(0, i - 1)]!);
  return {
    symbol: SYMBOL,
    timeframe,
    length,
    time: column((i) => start + i * durationMs(timeframe)),
    open,
    high: column((i) => Math.max(open[i]!, close[i]!) * 1.005),
    low: column((i) => Math.min(open[i]!, close[i]!) * 0.995),
    close,
    volume: column(volume),
  };
}

const SYMBOL = 'WAVE';

/** Name of the file with the daily bars. */
export const DAILY = `${SYMBOL}_1d.csv`;

export async function writeBars(folder: string, bars: Bars, symbol: string = SYMBOL): Promise<void> {
  await writeFile(join(folder, `${symbol}_${bars.timeframe}.csv`), serializeBars(bars));
}

/** The bars with one value replaced. */
export function withValue(bars: Bars, column: BarColumn, at: number, value: number): Bars {
  return { ...bars, [column]: bars[column].with(at, value) };
}

interface StrategySections {
  readonly symbols?: readonly string[];
  readonly timeframes?: readonly Timeframe[];
  readonly range?: { readonly start: string; readonly end: string };
  readonly indicators?: object;
  readonly inputs?: readonly object[];
  readonly training?: object;
  readonly decisions?: object;
  readonly backtest?: object;
}

/** A strategy on the daily bars that trains in a few milliseconds, as JSON. */
export function strategy({ symbols = [SYMBOL], timeframes = ['1d'], range, indicators, inputs, training, decisions, backtest }: StrategySections = {}): object {
  return {
    name: 'faults',
    training_data: {
      symbols: symbols.length === 1 ? { mode: 'single', symbol: symbols[0] } : { mode: 'multi_symbol', list: symbols },
      timeframes: timeframes.length === 1 ? { mode: 'single', timeframe: timeframes[0] } : { mode: 'multi_timeframe', list: timeframes, base_timeframe: timeframes[0] },
      ...(range !== undefined && { date_range: range }),
    },
    indicators: indicators ?? { rsi_14: { type: 'rsi', period: 14 } },
    fuzzy_sets: indicators === undefined ? { rsi: { indicator: 'rsi_14', low: [0, 20, 40], middle: [30, 50, 70], high: [60, 80, 100] } } : {},
    nn_inputs: inputs ?? [{ fuzzy_set: 'rsi', timeframes: 'all' }],
    model: { type: 'mlp', architecture: { hidden_layers: [8] } },
    decisions: { output_format: 'classification', confidence_threshold: 0, ...decisions },
    training: {
      epochs: 1,
      data_split: { train: 0.4, validation: 0.3, test: 0.3 },
      labels: { source: 'zigzag', zigzag_threshold: 0.03 },
      ...training,
    },
    ...(backtest !== undefined && { backtest }),
  };
}
