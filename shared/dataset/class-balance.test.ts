import { describe, expect, it } from 'vitest';
import { SIGNAL_CLASSES } from '../labels/labeler.ts';
import { assembleDataset } from './assemble.ts';
import { classWeights, majorityBaseline } from './class-balance.ts';
import { datasetStrategy, hourlyBars, symbolData } from './testing/symbol-data.ts';

// Training rows (700): a quarter BUY, the rest SELL, no HOLD. Later rows: half BUY, half HOLD.
const label = (row: number): number => (row < 700 ? (row % 4 === 0 ? 0 : 2) : row % 2);

describe('classWeights', () => {
  it('agrees with the reference', () => {
    expect([...classWeights(Float32Array.of(0, 1, 1, 2, 1, 1, 0, 2), 3)]).toEqual([1.2, 0.6, 1.2].map(Math.fround));
  });

  it.each([
    { y: [0, 0, 2], weights: [1, 0, 2] },
    { y: [0, 0, 1], weights: [1, 2, 0] },
  ])('gives a class that does not occur no weight: $y', ({ y, weights }) => {
    expect([...classWeights(Float32Array.from(y), 3)]).toEqual(weights);
  });
});

describe('class balance of a data set', () => {
  const { balance } = assembleDataset({ strategy: datasetStrategy(), symbols: [symbolData(hourlyBars('A', 0, 1000), { label })], classes: SIGNAL_CLASSES });

  it('counts classes per split, keeps all of them and lists the absent ones', () => {
    expect(balance?.counts).toEqual({ train: [175, 0, 525], validation: [75, 75, 0], test: [75, 75, 0] });
    expect(balance?.absent).toEqual(['HOLD']);
    expect([...balance!.weights]).toEqual([2.25, 0, 0.75]);
  });

  it('knows how often the most frequent training class is right on the test rows', () => {
    expect(majorityBaseline(balance!)).toEqual({ label: 2, accuracy: 0 });
    expect(majorityBaseline({ counts: { train: [3, 9, 1], validation: [0, 0, 0], test: [1, 6, 1] } })).toEqual({ label: 1, accuracy: 0.75 });
  });
});
