import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { goldenPath } from '../../test/golden.ts';
import { EarlyStopping } from './early-stopping.ts';

const golden = JSON.parse(readFileSync(goldenPath('nn/early_stopping.json'), 'utf8')) as {
  val_loss: number[];
  patience: number;
  min_delta: number;
  stop: boolean[];
};

describe('EarlyStopping', () => {
  it('stops where the reference does and stays stopped', () => {
    const stopping = new EarlyStopping({ patience: golden.patience, minDelta: golden.min_delta });
    expect(golden.val_loss.map((loss) => stopping.stopsAfter(loss))).toEqual(golden.stop);
  });

  it('never stops while the loss falls by the minimum each epoch', () => {
    const stopping = new EarlyStopping({ patience: 1, minDelta: 0.5 });
    expect([8, 7.5, 7, 6.5, 6].some((loss) => stopping.stopsAfter(loss))).toBe(false);
  });

  it('counts anew after an improvement', () => {
    const stopping = new EarlyStopping({ patience: 2, minDelta: 0 });
    expect([3, 4, 2, 3, 3].map((loss) => stopping.stopsAfter(loss))).toEqual([false, false, false, false, true]);
  });
});
