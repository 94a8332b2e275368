import { Bench } from 'tinybench';
import type { BacktestJob } from '../shared/backtest/backtest.ts';
import { buyAndHold } from '../shared/backtest/combine.ts';
import { measure, measureHolding } from '../shared/backtest/measure.ts';
import { simulate } from '../shared/backtest/simulate.ts';
import { SIGNAL_CLASSES } from '../shared/labels/labeler.ts';
import type { Bars } from '../shared/market-data/bars.ts';
import { buildBundle, loadBundle } from '../shared/model/bundle.ts';
import type { Model } from '../shared/model/model.ts';
import { seedOf, sfc32 } from '../shared/random.ts';
import { sizeOf } from '../shared/training/network.ts';
import { networkOf } from '../shared/training/network-of.ts';
import { benchBars } from './bench-bars.ts';
import type { BenchResult } from './bench-result.ts';

const FEATURES = 12;
const HIDDEN = [64, 32];
const LEAST_BARS_PER_SECOND = 1_000_000;

/** Backtest of one symbol from prepared features to metrics, session warm, with and without the inference. */
export async function backtestBench(): Promise<BenchResult[]> {
  const { bars, origin } = benchBars();
  const features = Float32Array.from({ length: bars.length * FEATURES }, uniformOf('features'));
  const model = await randomModel();
  try {
    const outputs = await model.predict({ count: bars.length, x: features });
    const { trades } = evaluate(jobOf(bars, outputs));
    const note = `median; ${FEATURES} random features, hidden layers ${HIDDEN.join('-')}, ${trades.toLocaleString('en')} trades`;
    const bench = new Bench({ time: 1_000, warmupTime: 300 });
    bench.add('backtest with inference', async () => {
      evaluate(jobOf(bars, await model.predict({ count: bars.length, x: features })));
    });
    bench.add('backtest from model outputs', () => {
      evaluate(jobOf(bars, outputs));
    });
    const [whole, alone] = (await bench.run()).map(({ name, result }): BenchResult => {
      if (result.state !== 'completed') throw new Error(`the benchmark of ${name} did not complete: ${result.state}`);
      return { name: `${name}, ${origin}`, unit: 'bars/s', value: bars.length / (result.latency.p50 / 1_000), target: null, note };
    });
    return [{ ...whole!, target: { atLeast: LEAST_BARS_PER_SECOND } }, alone!];
  } finally {
    await model.close();
  }
}

function evaluate(job: BacktestJob): { trades: number; excessReturn: number } {
  const simulation = simulate(job);
  const metrics = measure(simulation, simulation.trades);
  const holding = measureHolding(buyAndHold(job));
  return { trades: metrics.total_trades, excessReturn: metrics.total_return_pct - holding.total_return_pct };
}

function jobOf(bars: Bars, outputs: Float32Array): BacktestJob {
  return {
    bars,
    outputs,
    firstDecision: 50,
    end: bars.length,
    decisions: {
      outputFormat: 'classification',
      confidenceThreshold: 0.4,
      allowShortFromFlat: true,
      positionAwareness: true,
      minSignalSeparationHours: 4,
    },
    execution: { initialCapital: 100_000, commission: 0.001, slippage: 0.0005 },
  };
}

async function randomModel(): Promise<Model> {
  const spec = { type: 'mlp', hiddenLayers: HIDDEN, dropout: 0, activation: 'relu' } as const;
  const uniform = uniformOf('weights');
  const tensors = networkOf(FEATURES, SIGNAL_CLASSES.length, spec).tensors.map(({ name, shape }) => {
    const scale = shape.length === 1 ? 0 : Math.sqrt(6 / shape[1]!);
    return { name, shape, data: Float32Array.from({ length: sizeOf(shape) }, () => scale * uniform()) };
  });
  const featureIds = Array.from({ length: FEATURES }, (_, i) => `1h_feature_${i}`);
  const epoch = { epoch: 1, epochs: 1, trainLoss: 1, trainAccuracy: 0, validationLoss: 1, validationAccuracy: 0 };
  const bundle = buildBundle(
    { tensors, history: [epoch], bestEpoch: 1, stoppedEarly: false },
    {
      strategy: { name: 'bench', sha256: '0'.repeat(64) },
      symbols: ['EURUSD'],
      timeframes: ['1h'],
      baseTimeframe: '1h',
      featureIds,
      scaling: featureIds.map(() => null),
      classes: SIGNAL_CLASSES,
      model: spec,
      seed: 0,
      version: 'bench',
    },
  );
  return loadBundle(bundle, { featureIds, location: 'bench' });
}

/** A seeded stream of numbers, uniform in [-1, 1). */
function uniformOf(name: string): () => number {
  const next = sfc32(seedOf('backtest bench', name));
  return () => next() / 2 ** 31 - 1;
}
