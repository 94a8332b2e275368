import type { Bars } from '../../../shared/market-data/bars.ts';
import type { FaultBench } from './fault-bench.ts';
import { BARS, market, strategy, wave, writeBars } from './market.ts';
import type { RunScenario } from './scenario.ts';

type DatasetFault = Pick<RunScenario, 'code' | 'title' | 'facts' | 'break'> & Partial<RunScenario>;

const found = (fault: DatasetFault): RunScenario => ({ type: 'TrainingDataError', step: 'train', ...fault });
const traded = (fault: DatasetFault): RunScenario => ({ type: 'BacktestDataError', step: 'backtest', ...fault });

const START = Date.UTC(2020, 0, 1);
const DAY = 86_400_000;
const day = (n: number) => new Date(START + n * DAY).toISOString().slice(0, 10);
const write = (...all: readonly Bars[]) => async (bench: FaultBench) => {
  for (const bars of all) await writeBars(bench.data, bars);
};
const nothing = () => {};

const raw = (indicator: string, normalization: string = 'none') => ({ raw_indicator: indicator, normalization, timeframes: 'all' });
const sma = (period: number) => ({ [`sma_${period}`]: { type: 'sma', period } });

const weekly = market({ timeframe: '1w', bars: 70 });
const twoTimeframes = strategy({ timeframes: ['1d', '1w'], indicators: { rsi_5: { type: 'rsi', period: 5 } }, inputs: [raw('rsi_5', 'minmax')] });

const without = (bars: Bars, from: number, to: number): Bars => {
  const keep = (column: Float64Array) => Float64Array.from([...column.subarray(0, from), ...column.subarray(to)]);
  const { time, open, high, low, close, volume } = bars;
  return { ...bars, length: bars.length - (to - from), time: keep(time), open: keep(open), high: keep(high), low: keep(low), close: keep(close), volume: keep(volume) };
};

const tripleBarrier = { training: { labels: { source: 'triple_barrier', max_holding_period: 30 } } };

/** Bars of which the training sees the first 480, and what the prices after them are. */
const after = (price: (i: number) => number) => market({ bars: BARS + 120, price: (i) => (i < BARS ? wave(i) : price(i)) });
const trainedBefore = { range: { start: day(0), end: day(BARS - 1) } };
const soundAfter = write(after(wave));

const deep = { type: 'mlp', architecture: { hidden_layers: [64, 64, 64, 64, 64, 64, 64, 64], dropout: 0 } };
const wide = { type: 'mlp', architecture: { hidden_layers: [512] } };
const returns = (training: object = {}) => ({
  decisions: { output_format: 'regression', confidence_threshold: undefined, cost_model: { round_trip_cost: 0.003, min_edge_multiplier: 1.5 } },
  training: { labels: { source: 'forward_return', horizon: 5 }, loss: 'mse', ...training },
});
const deepRegression = (training: object) => ({ ...strategy({ indicators: sma(3), inputs: [raw('sma_3')], ...returns(training) }), model: deep });

/** Bars that are sound one by one, of which no features, rows, model or trades can be made. */
export const DATASET_SCENARIOS: readonly RunScenario[] = [
  found({
    code: 'FEATURE_TIMEFRAMES_DO_NOT_OVERLAP',
    title: 'weekly bars from after the daily ones',
    facts: ['WAVE', '1d', '1w', '2020-01-01', '2023-01-01'],
    strategy: twoTimeframes,
    break: write(market({ timeframe: '1w', bars: 70, start: Date.UTC(2023, 0, 1) })),
    mend: write(weekly),
  }),
  found({
    code: 'FEATURE_TIMEFRAME_HOLE',
    title: 'six weeks that the weekly bars lack',
    facts: ['WAVE', '1w', '21 days'],
    strategy: twoTimeframes,
    break: write(without(weekly, 30, 36)),
    mend: write(weekly),
  }),
  found({ code: 'FEATURE_WARMUP_TOO_LONG', title: 'fewer bars than an indicator needs', facts: ['rsi_14', '10'], break: write(market({ bars: 10 })) }),
  found({
    code: 'FEATURE_VOLUME_ALL_ZERO',
    title: 'an export without volumes under an indicator that needs them',
    facts: ['mfi_14', '480', 'WAVE'],
    strategy: strategy({ indicators: { mfi_14: { type: 'mfi', period: 14 } }, inputs: [raw('mfi_14', 'minmax')] }),
    break: write(market({ volume: () => 0 })),
  }),
  found({
    code: 'FEATURE_NOT_FINITE',
    title: 'prices in the middle whose sum overflows, so that the feature turns NaN there',
    facts: ['1d_sma_3_raw', 'sma_3', day(201)],
    strategy: strategy({ indicators: sma(3), inputs: [raw('sma_3', 'zscore')] }),
    break: write(market({ price: (i) => (i === 200 || i === 201 ? 1.7e308 : wave(i)) })),
  }),
  found({
    code: 'TRAINING_SYMBOLS_DO_NOT_OVERLAP',
    title: 'two symbols without common time',
    facts: ['WAVE', 'LATE', '2020-01', '2021-04', '2023-01'],
    strategy: strategy({ symbols: ['WAVE', 'LATE'] }),
    break: (bench) => writeBars(bench.data, market({ start: Date.UTC(2023, 0, 1) }), 'LATE'),
    mend: (bench) => writeBars(bench.data, market(), 'LATE'),
  }),
  found({ code: 'TRAINING_SPLIT_TOO_SMALL', title: 'data of half a year', facts: ['WAVE', 'at least 100 rows', '2020-07'], break: write(market({ bars: 200 })) }),
  found({
    code: 'TRAINING_WINDOW_TOO_LONG',
    title: 'fewer rows in a split than a window takes',
    facts: ['WAVE', '150', 'validation'],
    strategy: { ...strategy(), model: { type: 'lstm', architecture: { sequence_length: 150, hidden_size: 2, num_layers: 1 } } },
    break: nothing,
    mend: write(market({ bars: 2 * BARS })),
  }),
  found({
    code: 'TRAINING_TOO_FEW_CLASSES',
    title: 'a market that only rises while the model learns',
    facts: ['triple_barrier', 'SELL 0', 'HOLD 0'],
    strategy: strategy(tripleBarrier),
    break: write(market({ price: (i) => (i < 240 ? 10 * 1.01 ** i : wave(i)) })),
    mended: strategy(tripleBarrier),
  }),
  found({
    code: 'TRAINING_FEATURE_CONSTANT',
    title: 'volumes that are all the same under an indicator of their changes',
    facts: ['1d_volume_raw', 'zscore', 'is 1 '],
    strategy: strategy({ indicators: { volume: { type: 'volumeratio', period: 10 } }, inputs: [raw('volume', 'zscore')] }),
    break: write(market({ volume: () => 500 })),
    mended: strategy(),
  }),
  found({
    code: 'TRAINING_DIVERGED',
    title: 'a learning rate at which training diverges',
    facts: ['learning rate 10'],
    strategy: deepRegression({ learning_rate: 10, epochs: 3 }),
    break: nothing,
    mended: deepRegression({ learning_rate: 0.0001 }),
  }),
  found({
    code: 'TRAINING_WILL_NOT_FIT',
    title: 'more epochs of a large network than the step has time for',
    facts: ['100000 epochs', 'epochs would fit'],
    strategy: { ...strategy({ training: { epochs: 100_000 } }), model: { type: 'mlp', architecture: { hidden_layers: [1024, 1024] } } },
    break: nothing,
    mended: strategy(),
  }),
  found({
    code: 'VALIDATION_WITHOUT_TRAINED_CLASSES',
    title: 'a market that stands still from the validation rows on',
    facts: ['validation rows'],
    strategy: strategy(tripleBarrier),
    break: write(market({ price: (i) => (i < 195 || i > 400 ? wave(i) : 90 * (1 + 1e-4 * (i % 2))) })),
    mended: strategy(tripleBarrier),
  }),
  found({
    code: 'TRAINING_ROW_NOT_FINITE',
    title: 'prices among the validation rows beyond the model\'s numbers',
    facts: ['feature 1d_sma_3_raw', 'WAVE', '2020-10-2', 'e+38'],
    strategy: strategy({ indicators: sma(3), inputs: [raw('sma_3')] }),
    break: write(market({ price: (i) => (i < 300 ? 1 : 9e36) * wave(i) })),
  }),
  found({
    code: 'TRAINING_ROW_NOT_FINITE',
    title: 'a return among the test rows beyond the model\'s numbers',
    facts: ['the label', 'WAVE', day(395), 'e+'],
    strategy: strategy(returns()),
    break: write(market({ price: (i) => (i === 400 ? 1e60 : wave(i)) })),
  }),
  traded({
    code: 'MODEL_INPUT_NOT_FINITE',
    title: 'prices beyond the model\'s numbers, after the bars it was trained on',
    facts: ['1d_sma_3_raw', 'Infinity'],
    strategy: strategy({ ...trainedBefore, indicators: sma(3), inputs: [raw('sma_3')] }),
    break: write(after(() => 1e39)),
    mend: soundAfter,
  }),
  traded({
    code: 'MODEL_OUTPUT_NOT_FINITE',
    type: 'ModelLoadError',
    title: 'prices at the end of the model\'s numbers, under which its output overflows',
    facts: ['memory/runs/{id}/'],
    strategy: { ...strategy({ ...trainedBefore, indicators: { ...sma(2), ...sma(3), ...sma(4) }, inputs: [raw('sma_2'), raw('sma_3'), raw('sma_4')] }), model: wide },
    break: write(after(() => 3e38)),
    mend: soundAfter,
    mended: strategy(),
  }),
  traded({
    code: 'BACKTEST_TOO_FEW_BARS',
    title: 'a backtest over bars that only warm the indicators up',
    facts: ['WAVE', 'backtest.date_range', day(0)],
    strategy: strategy({ backtest: { date_range: { start: day(0), end: day(40) } } }),
    break: nothing,
    mend: write(market({ bars: BARS + 100, start: START - 100 * DAY })),
  }),
  traded({
    code: 'BACKTEST_CAPITAL_TOO_SMALL',
    title: 'prices in cents for a capital in dollars',
    facts: ['WAVE', '1000'],
    strategy: strategy({ decisions: { allow_short_from_flat: true }, training: { epochs: 4, labels: { source: 'triple_barrier', max_holding_period: 5 } }, backtest: { initial_capital: 10_000 } }),
    break: write(market({ price: (i) => 1000 * wave(i) })),
    mended: strategy(),
  }),
  traded({
    code: 'BACKTEST_METRIC_NOT_FINITE',
    title: 'prices after the training that are wrong by 300 orders of magnitude',
    facts: ['Infinity'],
    strategy: strategy(trainedBefore),
    break: write(after((i) => (i < BARS + 60 ? 1e-305 : 1) * wave(i))),
    mend: soundAfter,
  }),
];
