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
  BACKTEST_TOO_FEW_BARS: failure(
    'BacktestDataError',
    (f: { symbol: string; rule: string; from: string; to: string; decisionBars: number; warmup: number; minimum: number }) =>
      `${f.symbol} has ${f.decisionBars} bars to decide on in the backtest range ${f.from} to ${f.to} (chosen by: ${f.rule}); ${f.minimum} are needed after a warm-up of ${f.warmup} bars.`,
    'Widen backtest.date_range, or supply bars from before its start so that the indicators are warm when it begins.',
    { retry: 'after_mending' },
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
});
