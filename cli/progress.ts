import type { OperationView } from './api-answers.ts';
import { percent, seconds } from './text.ts';

/** Shows a person how an operation moves on. */
export interface ProgressDisplay {
  /** A look at the operation; the last one shows how it ended. */
  look(operation: OperationView): void;
  /** Leaves the display in its last state. */
  close(): Promise<void>;
}

export const STEPS = ['Train', 'Backtest', 'Record'] as const;

const STEP_OF_PHASE: Readonly<Record<string, number>> = { pending: 0, training: 0, backtesting: 1, recording: 2, done: 2 };

/** Index of the step at work, or that was when the operation ended. */
export function stepOf({ metadata, progress }: OperationView): number {
  return STEP_OF_PHASE[metadata.parameters.phase] ?? progress.steps_completed;
}

/** Why a recorded operation has no backtest; null where it has one, or is not recorded yet. */
export function backtestSkipped({ result_summary: summary }: OperationView): string | null {
  if (summary?.status === 'gate_rejected_training') return 'the training gate rejected the model';
  return summary?.backtested === false ? 'its classes are no trading signals' : null;
}

/** Where the step stands, in one line. */
export function progressText({ progress }: OperationView): string {
  const { current_step: step, current_item: item, items_processed: done, items_total: total, context } = progress;
  if (typeof context.epoch === 'number') return `${step}  ${epochFigures(context)}`;
  const count = total === null || total === 0 ? '' : `  ${done.toLocaleString('en')} of ${total.toLocaleString('en')}${'bars' in context ? ' bars' : ''}`;
  return `${step}${item === null ? '' : ` ${item}`}${count}`;
}

function epochFigures(context: OperationView['progress']['context']): string {
  const figures = (prefix: string, name: string) => {
    const [loss, accuracy] = [context[`${prefix}_loss`], context[`${prefix}_accuracy`]];
    if (typeof loss !== 'number') return '';
    return `${name} loss ${loss.toFixed(4)}${typeof accuracy === 'number' ? `, accuracy ${percent(accuracy)}` : ''}`;
  };
  return [figures('train', 'train'), figures('val', 'validation')].filter((text) => text !== '').join('; ');
}

/** Least time between two plain lines about the same step, milliseconds. */
const LINE_INTERVAL_MS = 2_000;

/** One line per noticeable change, for logs and pipes. */
export class PlainProgress implements ProgressDisplay {
  readonly #write: (line: string) => void;
  readonly #clock: () => number;
  readonly #start: number;
  #lastStep = '';
  #lastText = '';
  #lastAt = Number.NEGATIVE_INFINITY;

  /** @param clock milliseconds, from any origin */
  constructor(write: (line: string) => void, clock: () => number = () => performance.now()) {
    this.#write = write;
    this.#clock = clock;
    this.#start = clock();
  }

  look(operation: OperationView): void {
    const step = operation.status === 'pending' ? 'Pending' : STEPS[stepOf(operation)]!;
    const text = progressText(operation);
    const now = this.#clock();
    if (step === this.#lastStep && (text === this.#lastText || now - this.#lastAt < LINE_INTERVAL_MS)) return;
    this.#lastStep = step;
    this.#lastText = text;
    this.#lastAt = now;
    this.#write(`[${seconds((now - this.#start) / 1000).padStart(7)}]  ${step.padEnd(8)}  ${text}\n`);
  }

  async close(): Promise<void> {}
}
