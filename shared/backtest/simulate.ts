import { fail } from '../errors/index.ts';
import { durationMs } from '../market-data/timeframe.ts';
import { isoTime } from '../market-data/times.ts';
import { Account } from './account.ts';
import type { BacktestJob, Trade } from './backtest.ts';
import { filterSignal, POSITION, readOutputs, SIGNAL, type Signal } from './decisions.ts';

/** Equity over time, marked at the close of each bar, after all fills of that bar. */
export interface EquityCurve {
  readonly initialCapital: number;
  /** Opening times of the bars, ascending, milliseconds UTC. */
  readonly time: Float64Array;
  /** Account currency; as many as times. */
  readonly equity: Float64Array;
}

/** What a backtest of one symbol came to. */
export interface Simulation extends EquityCurve {
  readonly symbol: string;
  /** Closed trades, in the order of their exits. */
  readonly trades: readonly Trade[];
  /** Entries that were signalled but came to a quantity of 0: a quarter of the cash did not buy one unit. */
  readonly unfilledEntries: number;
  /** Opening time of the bar at whose close the equity was used up; null where it never was. */
  readonly ruinedAt: number | null;
}

/**
 * Trades the model's outputs bar by bar, in one pass.
 *
 * A decision made at a bar's close is filled at the next bar's open; the last bar's decision is dropped, and an open
 * position is closed at the last bar's close, its costs included in the last point of equity. Where the equity is used up
 * (an open short), the position is closed at that bar's close, trading stops and the curve stays where it is.
 * @throws BacktestDataError BACKTEST_CAPITAL_TOO_SMALL where entries were signalled and none could be filled
 * @throws RangeError where window or outputs do not fit the bars: a mistake of the caller
 */
export function simulate(job: BacktestJob): Simulation {
  const { bars, firstDecision, end, decisions, execution } = job;
  if (!(firstDecision >= 0 && end <= bars.length && end - firstDecision >= 2)) {
    throw new RangeError(`Bars ${firstDecision} to ${end} of ${bars.symbol} do not hold two of its ${bars.length} bars.`);
  }
  const raw = readOutputs(job);
  const account = new Account(bars.symbol, execution);
  const barMs = durationMs(bars.timeframe);
  const equity = new Float64Array(end - firstDecision);
  let pending: Signal = SIGNAL.HOLD;
  let lastSignalTime = Number.NEGATIVE_INFINITY;
  let unfilledEntries = 0;
  let firstUnfilled = -1;
  let ruinedAt: number | null = null;

  for (let i = firstDecision; i < end; i++) {
    const k = i - firstDecision;
    const time = bars.time[i]!;
    const open = bars.open[i]!;
    if (pending !== SIGNAL.HOLD && pending !== account.position) {
      if (account.position !== POSITION.FLAT) {
        account.close(open, time, time, raw.confidence[k - 1]!);
        lastSignalTime = time;
      } else if (account.open(pending, open, time)) {
        lastSignalTime = time;
      } else {
        if (unfilledEntries === 0) firstUnfilled = i;
        unfilledEntries++;
      }
    }

    const close = bars.close[i]!;
    let value = account.markAt(close);
    if (account.position !== POSITION.FLAT && (i === end - 1 || value <= 0)) {
      account.close(close, time, time + barMs, null);
      value = account.cash;
    }
    equity[k] = value;
    if (value <= 0) {
      equity.fill(value, k + 1);
      ruinedAt = time;
      break;
    }
    pending = filterSignal(decisions, raw.signal[k] as Signal, raw.confidence[k]!, account.position, time - lastSignalTime);
  }

  if (unfilledEntries > 0 && account.trades.length === 0) {
    throw fail('BACKTEST_CAPITAL_TOO_SMALL', {
      symbol: bars.symbol,
      entries: unfilledEntries,
      firstTime: isoTime(bars.time[firstUnfilled]!),
      price: bars.open[firstUnfilled]!,
      cash: execution.initialCapital,
    });
  }
  return {
    symbol: bars.symbol,
    initialCapital: execution.initialCapital,
    time: bars.time.subarray(firstDecision, end),
    equity,
    trades: account.trades,
    unfilledEntries,
    ruinedAt,
  };
}
