import type { EarlyStoppingSpec } from '../strategy/strategy.ts';

/**
 * Stops a training whose validation loss has not fallen for `patience` epochs in a row.
 * A loss counts as lower only if it is lower by at least `minDelta`; once stopped, it stays stopped.
 */
export class EarlyStopping {
  readonly #spec: EarlyStoppingSpec;
  #best = Infinity;
  #waited = 0;

  constructor(spec: EarlyStoppingSpec) {
    this.#spec = spec;
  }

  /** Takes the loss of one epoch; true from the epoch on after which training stops. */
  stopsAfter(validationLoss: number): boolean {
    if (this.#waited >= this.#spec.patience) return true;
    if (this.#best === Infinity || -validationLoss >= -this.#best + this.#spec.minDelta) {
      this.#best = validationLoss;
      this.#waited = 0;
      return false;
    }
    this.#waited++;
    return this.#waited >= this.#spec.patience;
  }
}
