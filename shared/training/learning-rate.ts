import type { SchedulerSpec } from '../strategy/strategy.ts';

/** PyTorch's relative threshold: a smaller fall of the loss is no improvement. */
const PLATEAU_THRESHOLD = 1e-4;
/** PyTorch's least change: a rate that would fall by less stays. */
const LEAST_CHANGE = 1e-8;

/**
 * The learning rate from epoch to epoch, as PyTorch's schedulers give it when they are asked after each epoch.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 */
export class LearningRate {
  readonly #scheduler: SchedulerSpec | null;
  #rate: number;
  #epochs = 0;
  #best = Infinity;
  #waited = 0;

  /** @param scheduler null: the rate stays */
  constructor(initial: number, scheduler: SchedulerSpec | null) {
    this.#rate = initial;
    this.#scheduler = scheduler;
  }

  /** Of the epoch that comes next. */
  get rate(): number {
    return this.#rate;
  }

  /** Takes the validation loss of an epoch that has ended. */
  after(validationLoss: number): void {
    this.#epochs++;
    const scheduler = this.#scheduler;
    if (scheduler === null) return;
    if (scheduler.type === 'exponential') this.#rate *= scheduler.gamma;
    else if (scheduler.type === 'step') this.#rate *= this.#epochs % scheduler.stepSize === 0 ? scheduler.gamma : 1;
    else if (this.#hasStood(validationLoss, scheduler.patience)) {
      const lower = this.#rate * scheduler.factor;
      if (this.#rate - lower > LEAST_CHANGE) this.#rate = lower;
    }
  }

  /** True where the loss has not fallen for more than `patience` epochs in a row; then they are counted anew. */
  #hasStood(validationLoss: number, patience: number): boolean {
    if (validationLoss < this.#best * (1 - PLATEAU_THRESHOLD)) {
      this.#best = validationLoss;
      this.#waited = 0;
      return false;
    }
    this.#waited++;
    if (this.#waited <= patience) return false;
    this.#waited = 0;
    return true;
  }
}
