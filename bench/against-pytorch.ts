import { EpochRunner } from '../shared/training/epoch-runner.ts';
import { networkOf } from '../shared/training/network-of.ts';
import { stepsPerRun } from '../shared/training/run-length.ts';
import type { TrainingJob } from '../shared/training/training.ts';
import { PyTorchLoop } from './pytorch.ts';

/** Seconds of each round that counts. */
export interface Rounds {
  readonly seconds: readonly number[];
  /** PyTorch's seconds over ours, round by round; none where torch is not there. */
  readonly ratios: readonly number[];
  /** Version of torch, null without it. */
  readonly torch: string | null;
}

/** The Python that torch is looked for in. */
export const PYTHON = process.env['TOCSIN_PYTHON'] ?? 'python3';

/** What the PyTorch loops do too: Adam with cross-entropy, for all epochs at one rate. */
export function plainTraining(epochs: number, batchSize: number): TrainingJob['training'] {
  return {
    epochs,
    learningRate: 0.001,
    batchSize,
    loss: { type: 'cross_entropy' },
    weightDecay: 1e-4,
    gradientClip: 1,
    earlyStopping: null,
    scheduler: null,
  };
}

/** Trains an epoch here and in a bare PyTorch loop on one thread, in turns, so that both meet the same load. */
export async function againstPyTorch(job: TrainingJob, script: string, args: readonly string[], warmUp: number, rounds: number): Promise<Rounds> {
  const pytorch = await PyTorchLoop.start(PYTHON, script, args);
  const network = networkOf(job.features, job.outputs, job.model);
  const criterion = { loss: job.training.loss, outputs: job.outputs, classWeights: job.classWeights };
  const runner = await EpochRunner.open(job, network, criterion, stepsPerRun(network, job.training.batchSize));
  const seconds: number[] = [];
  const ratios: number[] = [];
  try {
    for (let round = 1; round <= warmUp + rounds; round++) {
      const start = performance.now();
      await runner.run(round, job.training.learningRate);
      const ours = (performance.now() - start) / 1_000;
      const theirs = await pytorch?.epoch();
      if (round <= warmUp) continue;
      seconds.push(ours);
      if (theirs !== undefined) ratios.push(theirs / ours);
    }
  } finally {
    await runner.close();
    await pytorch?.stop();
  }
  return { seconds, ratios, torch: pytorch?.version ?? null };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** "0.1 to 0.2". */
export function range(values: readonly number[]): string {
  return `${Math.min(...values).toPrecision(3)} to ${Math.max(...values).toPrecision(3)}`;
}
