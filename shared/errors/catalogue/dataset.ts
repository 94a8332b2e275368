import { area, failure } from '../failure.ts';

/** One symbol's part in a data set, for messages. Times are ISO 8601, UTC; `from` and `to` are null where no row is usable. */
type SymbolFacts = {
  readonly symbol: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly rows: number;
};

/** Rows that remained in each split, and where the other bars went; null where there is no such reason to leave a row out. */
type SplitFacts = {
  readonly symbol: string;
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly outside_range: number;
  readonly warmup: number;
  readonly not_common: number;
  readonly not_events: number | null;
  readonly purged: number;
  readonly unresolved: number;
  readonly window: number | null;
};

const rangeOf = (f: SymbolFacts): string => (f.from === null || f.to === null ? 'no usable rows' : `${f.rows} usable rows, ${f.from} to ${f.to}`);

const listed = (symbols: readonly SymbolFacts[]): string => symbols.map((f) => `${f.symbol}: ${rangeOf(f)}`).join('; ');

const leftOut = (f: SplitFacts): string => {
  const events = f.not_events === null ? '' : `, ${f.not_events} at which there is no event to learn from`;
  const windows = f.window === null ? '' : `, ${f.window} too near the start of their split for a window`;
  return (
    `${f.unresolved} whose label is not known by the end, ${f.purged} whose label is known in a later split only${events}${windows}, ` +
    `${f.not_common} at times that not every symbol covers, ${f.warmup} in the warm-up, ${f.outside_range} outside the requested range`
  );
};

const splitOf = (f: SplitFacts): string => `${f.symbol}: ${f.train} train, ${f.validation} validation, ${f.test} test, of ${f.rows} rows with all features, ${f.from} to ${f.to} (left out: ${leftOut(f)})`;

/** Failures of features, labels and the data sets made of them. Times are ISO 8601, UTC. */
export const datasetFailures = area({ steps: ['train', 'backtest'], retry: 'after_mending' }, {
  FEATURE_TIMEFRAMES_DO_NOT_OVERLAP: failure(
    'MarketDataError',
    (f: { symbol: string; base: string; base_range: string; other: string; other_range: string }) =>
      `${f.symbol}: the ${f.base} bars (${f.base_range}) and the ${f.other} bars (${f.other_range}) have no time in common.`,
    'Provide data of both timeframes for the same period, or remove one of them from the strategy.',
  ),
  FEATURE_TIMEFRAME_HOLE: failure(
    'MarketDataError',
    (f: { symbol: string; base: string; other: string; time: string; last_close: string; limit_days: number }) =>
      `${f.symbol}: at ${f.time} there are ${f.base} bars, but the last ${f.other} bar closed at ${f.last_close}, ` +
      `more than ${f.limit_days} days before.`,
    'Fill the hole in the data, choose a date range without it, or have the strategy allow partial coverage.',
  ),
  FEATURE_WARMUP_TOO_LONG: failure(
    'MarketDataError',
    (f: { symbol: string; feature: string; indicator: string; timeframe: string; needed: number; bars: number }) =>
      `Feature ${f.feature} of ${f.symbol} never gets a value: indicator ${f.indicator} needs ${f.needed} closed ${f.timeframe} bars, ` +
      `and there are ${f.bars}.`,
    'Provide more history, or shorten the period of the indicator.',
  ),
  FEATURE_VOLUME_ALL_ZERO: failure(
    'MarketDataError',
    (f: { symbol: string; timeframe: string; indicator: string; bars: number }) =>
      `Indicator ${f.indicator} needs volume, and the volume of all ${f.bars} ${f.timeframe} bars of ${f.symbol} is 0.`,
    'Provide data with volume, or remove the indicator from the strategy.',
  ),
  FEATURE_NOT_FINITE: failure(
    'MarketDataError',
    (f: { symbol: string; feature: string; indicator: string; timeframe: string; time: string; value: string }) =>
      `Feature ${f.feature} of ${f.symbol} has no value: indicator ${f.indicator} is ${f.value} ` +
      `at the ${f.timeframe} bar of ${f.time}, after its warm-up.`,
    'Look at the bars up to that time: a price may be wrong by orders of magnitude. If they are right, remove the indicator and report it as a defect.',
  ),
  TRAINING_NO_USABLE_ROWS: failure(
    'TrainingDataError',
    (f: { requested: string; symbols: readonly SymbolFacts[] }) =>
      `Not every symbol has rows with all features (requested: ${f.requested}). ${listed(f.symbols)}.`,
    'Extend the date range or provide more history before it: indicators need their warm-up first.',
    { steps: ['train'] },
  ),
  TRAINING_SYMBOLS_DO_NOT_OVERLAP: failure(
    'TrainingDataError',
    (f: { requested: string; symbols: readonly SymbolFacts[] }) =>
      `There is no time that the data of all symbols covers (requested: ${f.requested}). ${listed(f.symbols)}.`,
    'Provide data of the same period for every symbol, or train on the symbols that overlap.',
    { steps: ['train'] },
  ),
  TRAINING_SPLIT_TOO_SMALL: failure(
    'TrainingDataError',
    (f: { minimum: number; from: string; to: string; symbols: readonly SplitFacts[] }) =>
      `Every symbol needs at least ${f.minimum} rows in each of train, validation and test on the common range ${f.from} to ${f.to}. ` +
      `${f.symbols.map(splitOf).join('; ')}.`,
    'See what left out most. Labels that are not known look too far ahead, or wait for a move that the prices do not make: lower zigzag_threshold, horizon, ' +
      'max_holding_period or what else the source of labels takes, or look at the prices. Where there are too few events, lower cusum_threshold; ' +
      'where windows take the rows, lower sequence_length. If little was left out, extend the date range, provide longer data, change the shares of the split, ' +
      'or leave out the symbol whose data is short.',
    { steps: ['train'] },
  ),
  TRAINING_ROW_NOT_FINITE: failure(
    'TrainingDataError',
    (f: { symbol: string; time: string; quantity: string; value: string }) =>
      `At the bar of ${f.time}, ${f.quantity} of ${f.symbol} is ${f.value}, which is beyond the 32-bit numbers that models compute with.`,
    'Look at the prices around that bar: one may be wrong by orders of magnitude. If they are right, leave that range or that feature out.',
    { steps: ['train'] },
  ),
  TRAINING_WINDOW_TOO_LONG: failure(
    'TrainingDataError',
    (f: { symbol: string; split: string; sequenceLength: number; rows: number }) =>
      `The model sees windows of ${f.sequenceLength} successive rows, but ${f.symbol} has ${f.rows} rows in its ${f.split} split: no window fits in.`,
    'Lower model.architecture.sequence_length, extend the date range, or provide longer data.',
    { steps: ['train'] },
  ),
  TRAINING_TOO_FEW_CLASSES: failure(
    'TrainingDataError',
    (f: { source: string; counts: Readonly<Record<string, number>> }) =>
      `A classifier needs at least two classes in its training rows; label source ${f.source} gave ${Object.entries(f.counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ')}.`,
    'Change the parameters of the labels (a lower threshold, wider or narrower barriers), or train on a longer range.',
    { steps: ['train'], retry: 'never' },
  ),
  TRAINING_FEATURE_CONSTANT: failure(
    'TrainingDataError',
    (f: { feature: string; normalization: string; value: number; rows: number }) =>
      `Feature ${f.feature} is ${f.value} in all ${f.rows} training rows, but for rounding: ${f.normalization} normalization is undefined.`,
    'Remove the feature or its normalization, or train on a range in which it moves.',
    { steps: ['train'], retry: 'never' },
  ),
});
