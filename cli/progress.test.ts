import { describe, expect, test } from 'vitest';
import type { Operation } from '../memory-schema/operation.ts';
import { operationInfo } from '../functions/api/operation-view.ts';
import { pendingOperation } from '../test/support/operations.ts';
import type { OperationView } from './api-answers.ts';
import { backtestSkipped, PlainProgress } from './progress.ts';

function view(phase: Operation['metadata']['parameters']['phase'], progress: Partial<Operation['progress']> = {}): OperationView {
  const operation = pendingOperation(1);
  return operationInfo(
    {
      ...operation,
      status: phase === 'pending' ? 'pending' : 'running',
      progress: { ...operation.progress, ...progress },
      metadata: { ...operation.metadata, parameters: { ...operation.metadata.parameters, phase } },
    },
    new Date(0),
  );
}

const epoch = (n: number) =>
  view('training', {
    current_step: `Epoch ${n}/100`,
    items_processed: n,
    items_total: 100,
    context: { epoch: n, epochs: 100, train_loss: 1 / n, train_accuracy: 0.5, val_loss: 2 / n, val_accuracy: 0.25 },
  });

/** Lines printed for looks at the given seconds. */
function linesOf(looks: readonly (readonly [at: number, operation: OperationView])[]) {
  const lines: string[] = [];
  let now = 0;
  const progress = new PlainProgress(
    (line) => lines.push(line),
    () => now * 1000,
  );
  for (const [at, operation] of looks) {
    now = at;
    progress.look(operation);
  }
  return lines;
}

describe('plain progress', () => {
  test('has epochs with losses and accuracies, and bars', () => {
    const bars = view('backtesting', { current_step: 'Backtesting', current_item: 'SPX', items_processed: 1200, items_total: 5105, context: { bars: 1200, total_bars: 5105 } });
    expect(linesOf([[0, view('pending')], [3.21, epoch(2)], [75, bars]])).toEqual([
      '[  0.0 s]  Pending   Waiting to start\n',
      '[  3.2 s]  Train     Epoch 2/100  train loss 0.5000, accuracy 50.0 %; validation loss 1.0000, accuracy 25.0 %\n',
      '[ 1m 15s]  Backtest  Backtesting SPX  1,200 of 5,105 bars\n',
    ]);
  });

  test('prints a line every two seconds at most, but each new step at once', () => {
    const looks = Array.from({ length: 41 }, (_, i) => [i * 0.15, epoch(i + 1)] as const);
    const lines = linesOf([...looks, [6.1, view('backtesting')], [6.2, view('recording')]]);
    expect(lines.map((line) => line.slice(11, 20).trim())).toEqual(['Train', 'Train', 'Train', 'Backtest', 'Record']);
  });

  test('prints nothing where nothing has changed', () => {
    expect(linesOf([[0, epoch(1)], [5, epoch(1)], [10, epoch(1)]])).toHaveLength(1);
  });
});

describe('a recorded operation', () => {
  test.each([
    [{ status: 'gate_rejected_training', backtested: false }, 'the training gate rejected the model'],
    [{ status: 'completed', backtested: false }, 'its classes are no trading signals'],
    [{ status: 'completed', backtested: true }, null],
    [null, null],
  ])('with the summary %j has a backtest, or a reason for having none: %s', (summary, reason) => {
    expect(backtestSkipped({ ...view('done'), result_summary: summary })).toBe(reason);
  });
});
