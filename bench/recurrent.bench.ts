import { seedOf, sfc32 } from '../shared/random.ts';
import type { TrainingJob } from '../shared/training/training.ts';
import { againstPyTorch, median, plainTraining, PYTHON, range } from './against-pytorch.ts';
import type { BenchResult } from './bench-result.ts';

/** As in `pytorch_recurrent_epoch.py`. */
const SAMPLES = 5_000;
const FEATURES = 36;
const CLASSES = 3;
const LENGTH = 20;
const HIDDEN = 64;
const WARM_UP_ROUNDS = 1;
const ROUNDS = 3;

/** Epochs of LSTM and GRU over windows, in small and in large batches, in turns with a bare PyTorch loop. */
export async function recurrentBench(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const type of ['lstm', 'gru'] as const) {
    for (const batch of [32, 256]) {
      const job = jobOf(type, batch);
      const { seconds, ratios, torch } = await againstPyTorch(job, 'pytorch_recurrent_epoch.py', [type, String(batch)], WARM_UP_ROUNDS, ROUNDS);
      const name = `one epoch, ${type}, ${SAMPLES} windows of ${LENGTH} x ${FEATURES}, ${HIDDEN}-${HIDDEN}-${CLASSES}, batch ${batch}, dropout 0.2`;
      const note = `median of ${ROUNDS}, ${range(seconds)}`;
      results.push({ name, unit: 's', value: median(seconds), target: null, note: torch === null ? `${note}; torch is not installed for ${PYTHON}` : note });
      if (torch === null) continue;
      const against = `torch ${torch}, median of ${ROUNDS} interleaved rounds, ${range(ratios)}`;
      results.push({ name: `${name}: times faster than a bare PyTorch loop on one thread`, unit: 'x', value: median(ratios), target: null, note: against });
    }
  }
  return results;
}

function jobOf(type: 'lstm' | 'gru', batchSize: number): TrainingJob {
  const next = sfc32(seedOf('recurrent bench'));
  const rows = {
    count: SAMPLES,
    x: Float32Array.from({ length: (SAMPLES + LENGTH - 1) * FEATURES }, () => next() / 2 ** 32),
    y: Float32Array.from({ length: SAMPLES }, () => next() % CLASSES),
    ends: Uint32Array.from({ length: SAMPLES }, (_, i) => i + LENGTH - 1),
  };
  return {
    features: FEATURES,
    outputs: CLASSES,
    model: { type, hiddenSize: HIDDEN, layers: 2, sequenceLength: LENGTH, dropout: 0.2 },
    training: plainTraining(WARM_UP_ROUNDS + ROUNDS, batchSize),
    classWeights: Float32Array.of(1, 1, 1),
    seed: 1,
    train: rows,
    validation: rows,
  };
}
