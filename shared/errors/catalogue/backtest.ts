import { area, failure } from '../failure.ts';

/** Failures of backtest and gates. */
export const backtestFailures = area({ steps: ['backtest'], retry: 'never' }, {
  BACKTEST_DATA_CHANGED: failure(
    'BacktestDataError',
    (f: { key: string; expected: string; actual: string }) =>
      `${f.key} changed after the model was trained on it: its SHA-256 is ${f.actual}, not ${f.expected}.`,
    'Leave market data alone while an operation runs, then retry the operation.',
    { retry: 'as_is' },
  ),
  BACKTEST_OUTPUT_SHAPE: failure(
    'BacktestDataError',
    (f: { symbol: string; bars: number; outputsPerBar: number; values: number }) =>
      `The model gave ${f.values} output values for the ${f.bars} bars of ${f.symbol}, where the strategy's decisions need ${f.outputsPerBar} per bar.`,
    'Train a model whose label source fits decisions.output_format: three signal classes (BUY, HOLD, SELL) for classification, one predicted return for regression.',
  ),
  BACKTEST_OUTPUT_NOT_FINITE: failure(
    'BacktestDataError',
    (f: { symbol: string; time: string; output: number; value: string }) =>
      `The model's output ${f.output} for the ${f.symbol} bar opened at ${f.time} is ${f.value}, which is no number to decide on.`,
    'Check the features of that bar and the weights of the model: one of them is not finite or too large. Train again with normalised inputs or a lower learning rate.',
  ),
  BACKTEST_TOO_FEW_BARS: failure(
    'BacktestDataError',
    (f: { symbol: string; rule: string; from: string; to: string; decisionBars: number; warmup: number; minimum: number }) =>
      `${f.symbol} has ${f.decisionBars} bars to decide on in the backtest range ${f.from} to ${f.to} (chosen by: ${f.rule}); ${f.minimum} are needed after a warm-up of ${f.warmup} bars.`,
    'Widen backtest.date_range, or supply bars from before its start so that the indicators are warm when it begins.',
    { retry: 'after_mending' },
  ),
  BACKTEST_WINDOW_INVALID: failure(
    'BacktestDataError',
    (f: { symbol: string; bars: number; firstDecision: number; end: number }) =>
      `A backtest of ${f.symbol} from bar ${f.firstDecision} to bar ${f.end} (exclusive) does not hold two bars within its ${f.bars} bars.`,
    'Widen backtest.date_range so that it holds at least two bars after the warm-up.',
  ),
  BACKTEST_CAPITAL_TOO_SMALL: failure(
    'BacktestDataError',
    (f: { symbol: string; entries: number; firstTime: string; price: number; cash: number }) =>
      `None of the ${f.entries} entries signalled for ${f.symbol} could be filled: at ${f.firstTime} a quarter of the available cash of ${f.cash} did not buy one unit at the price of ${f.price}.`,
    'Raise backtest.initial_capital to more than four times the price of one unit.',
  ),
  BACKTEST_METRIC_NOT_FINITE: failure(
    'BacktestDataError',
    (f: { metric: string; value: string; from: string; to: string }) =>
      `The backtest metric ${f.metric} came out as ${f.value} over the equity curve from ${f.from} to ${f.to}.`,
    'Check the prices of that period: values of extreme size overflow the arithmetic. Report it if the prices are plausible.',
    { retry: 'after_mending' },
  ),
  GATE_TRAINING_METRIC_INVALID: failure(
    'TrainingDataError',
    (f: { metric: string; value: string }) => `The training gate needs the metric ${f.metric} as a finite number, and it is ${f.value}.`,
    'Check the training log of this run: the model was not evaluated on the test split, or its loss diverged. Lower training.learning_rate or check the labels, then run again.',
    { steps: ['train'] },
  ),
  GATE_BACKTEST_METRIC_INVALID: failure(
    'BacktestDataError',
    (f: { metric: string; value: string }) =>
      `The backtest gate needs the metric ${f.metric} as a finite number, or as null with a reason, and it is ${f.value}.`,
    'The backtest result is incomplete or damaged: run the operation again, and report it if it happens twice.',
    { retry: 'as_is' },
  ),
});
