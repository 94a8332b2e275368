import type { ExecutionSpec } from '../strategy/strategy.ts';
import type { Trade } from './backtest.ts';
import { POSITION, SIGNAL, type Position, type Signal } from './decisions.ts';

/** Share of the available cash that an entry may use. */
const POSITION_SHARE = 0.25;
const HOUR_MS = 3_600_000;

/**
 * The simulated account of one symbol: cash and at most one position of whole units.
 *
 * Fill prices are worse than the market by the slippage; commission is a fraction of the fill's value, on both sides.
 * A short reserves its full notional in cash. Signals close a position or open one from flat; they never flip.
 * Cash accounting closes: cash when flat = initial capital + sum of the trades' netPnl.
 */
export class Account {
  readonly trades: Trade[] = [];
  position: Position = POSITION.FLAT;
  cash: number;
  readonly #symbol: string;
  readonly #commission: number;
  readonly #slippage: number;
  #quantity = 0;
  #entryPrice = 0;
  #entryTime = 0;
  #entrySlippage = 0;
  #best = 0;
  #worst = 0;

  constructor(symbol: string, execution: ExecutionSpec) {
    this.#symbol = symbol;
    this.#commission = execution.commission;
    this.#slippage = execution.slippage;
    this.cash = execution.initialCapital;
  }

  /**
   * Opens a position at the market price `price` in the direction of `signal`; call only when flat.
   * @returns false where a quarter of the cash does not buy one unit: nothing is opened
   */
  open(signal: Signal, price: number, time: number): boolean {
    const quantity = Math.trunc((this.cash * POSITION_SHARE) / (1 + this.#commission) / price);
    if (quantity === 0) return false;
    this.position = signal === SIGNAL.BUY ? POSITION.LONG : POSITION.SHORT;
    this.#quantity = quantity;
    this.#entryPrice = price * (1 + signal * this.#slippage);
    this.#entryTime = time;
    this.#entrySlippage = price * this.#slippage * quantity;
    this.#best = 0;
    this.#worst = 0;
    this.cash -= this.#entryPrice * quantity * (1 + this.#commission);
    return true;
  }

  /**
   * Closes the open position at the market price `price` and records its trade.
   * @param time opening time of the bar filled at
   * @param heldUntil instant of the fill itself: the bar's opening time, or its closing time for a close at its end
   */
  close(price: number, time: number, heldUntil: number, confidence: number | null): void {
    const quantity = this.#quantity;
    const exitPrice = price * (1 - this.position * this.#slippage);
    const entryValue = this.#entryPrice * quantity;
    const exitValue = exitPrice * quantity;
    const grossPnl = this.position * (exitValue - entryValue);
    const commission = (entryValue + exitValue) * this.#commission;
    this.cash += entryValue + grossPnl - exitValue * this.#commission;
    this.trades.push({
      id: this.trades.length + 1,
      symbol: this.#symbol,
      side: this.position === POSITION.LONG ? 'LONG' : 'SHORT',
      quantity,
      entryTime: this.#entryTime,
      entryPrice: this.#entryPrice,
      exitTime: time,
      exitPrice,
      grossPnl,
      commission,
      slippage: this.#entrySlippage + price * this.#slippage * quantity,
      netPnl: grossPnl - commission,
      holdingHours: (heldUntil - this.#entryTime) / HOUR_MS,
      maxFavorableExcursion: this.#best,
      maxAdverseExcursion: this.#worst,
      exitConfidence: confidence,
    });
    this.position = POSITION.FLAT;
    this.#quantity = 0;
  }

  /** Equity with the position valued at `price`, costs of a later exit not deducted. */
  markAt(price: number): number {
    if (this.position === POSITION.FLAT) return this.cash;
    const unrealised = this.position * (price - this.#entryPrice) * this.#quantity;
    if (unrealised > this.#best) this.#best = unrealised;
    else if (unrealised < this.#worst) this.#worst = unrealised;
    return this.cash + this.#entryPrice * this.#quantity + unrealised;
  }
}
