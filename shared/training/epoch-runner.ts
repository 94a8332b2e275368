import { seedOf, sfc32 } from '../random.ts';
import { OnnxSession, type TensorData } from '../onnx/onnx-session.ts';
import { AdamCorrections } from './adam.ts';
import { gatherBatches, stepsPerEpoch, type Batches } from './batches.ts';
import { fillMask } from './dropout.ts';
import { initialParameters } from './initialise.ts';
import { countRight, meanLoss, type Criterion } from './losses.ts';
import { sizeOf, type Network } from './network.ts';
import { drawnRows, shuffledRows } from './shuffle.ts';
import { epochGraph } from './training-graph.ts';
import type { TrainingHooks, TrainingJob } from './training.ts';

/** Loss and accuracy of one pass over some rows. */
export interface PassResult {
  readonly loss: number;
  readonly accuracy: number;
}

/** One epoch of training. */
interface EpochResult extends PassResult {
  /** The greatest norm of a step's gradient, before it is clipped: infinite where one overflowed, NaN where one was none. */
  readonly gradientNorm: number;
}

/** Holds the parameters and Adam's moments, and trains them epoch by epoch. */
export class EpochRunner {
  readonly #job: TrainingJob;
  readonly #network: Network;
  readonly #criterion: Criterion;
  readonly #batchSize: number;
  readonly #maskShapes: readonly (readonly number[])[];
  readonly #stepsPerRun: number;
  readonly #session: OnnxSession;
  readonly #corrections = new AdamCorrections();
  #parameters: Float32Array;
  #first: Float32Array;
  #second: Float32Array;

  private constructor(job: TrainingJob, network: Network, criterion: Criterion, stepsPerRun: number, batchSize: number, session: OnnxSession) {
    this.#job = job;
    this.#network = network;
    this.#criterion = criterion;
    this.#stepsPerRun = stepsPerRun;
    this.#batchSize = batchSize;
    this.#maskShapes = network.maskShapes(batchSize);
    this.#session = session;
    this.#parameters = initialParameters(network, job.seed);
    this.#first = new Float32Array(this.#parameters.length);
    this.#second = new Float32Array(this.#parameters.length);
  }

  /** @param stepsPerRun a multiple of four, so that the dropout masks of a run are a whole number of draws */
  static async open(job: TrainingJob, network: Network, criterion: Criterion, stepsPerRun: number): Promise<EpochRunner> {
    if (stepsPerRun % 4 !== 0) throw new RangeError(`${stepsPerRun} steps in a run are not a multiple of four.`);
    const batchSize = Math.min(job.training.batchSize, job.train.count);
    const { loss, weightDecay, gradientClip } = job.training;
    const session = await OnnxSession.open(epochGraph({ network, loss, batchSize, weightDecay, gradientClip }));
    return new EpochRunner(job, network, criterion, stepsPerRun, batchSize, session);
  }

  /** Flat, in the order of the network's tensors; a new array after every epoch. */
  get parameters(): Float32Array {
    return this.#parameters;
  }

  /**
   * Trains one epoch, in one run or several.
   * @param epoch from 1
   * @param hooks.onPartOfEpoch called between two runs
   * @returns the mean of the batch losses, weighted by rows, and the share of right rows, both from the outputs in training
   * mode (dropout on, each batch before its update). A loss that is not finite ends the epoch early.
   */
  async run(epoch: number, learningRate: number, { signal, onPartOfEpoch }: Pick<TrainingHooks, 'signal' | 'onPartOfEpoch'> = {}): Promise<EpochResult> {
    const { count: rows, weight } = this.#job.train;
    const order = weight === undefined ? shuffledRows(rows, this.#job.seed, epoch) : drawnRows(weight, this.#job.seed, epoch);
    const steps = stepsPerEpoch(rows, this.#batchSize);
    const draws = this.#maskShapes.map((_, layer) => sfc32(seedOf(this.#job.seed, epoch, `dropout ${layer}`)));
    let loss = 0;
    let right = 0;
    let gradientNorm = 0;
    for (let from = 0; from < steps && Number.isFinite(loss); from += this.#stepsPerRun) {
      signal?.throwIfAborted();
      const to = Math.min(steps, from + this.#stepsPerRun);
      const batches = gatherBatches(this.#job.train, this.#criterion, order, this.#batchSize, from, to);
      const { logits, norms } = await this.#runSteps(batches, this.#masks(draws, to - from), to - from, learningRate);
      gradientNorm = norms.reduce((greatest, norm) => Math.max(greatest, norm), gradientNorm);
      const targets = Float32Array.from(order.subarray(from * this.#batchSize, to * this.#batchSize), (row) => this.#job.train.y[row]!);
      for (let start = 0; start < targets.length; start += this.#batchSize) {
        const end = Math.min(targets.length, start + this.#batchSize);
        loss += meanLoss(this.#criterion, logits, targets, start, end) * (end - start);
        right += countRight(logits, targets, this.#criterion.outputs, start, end);
      }
      if (to < steps) onPartOfEpoch?.(epoch - 1 + to / steps);
    }
    return { loss: loss / rows, accuracy: right / rows, gradientNorm };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  async #runSteps(batches: Batches, masks: Readonly<Record<string, TensorData>>, steps: number, learningRate: number): Promise<{ readonly logits: Float32Array; readonly norms: Float32Array }> {
    const { train, features } = this.#job;
    const flat = [this.#parameters.length];
    const { rates, epsilons } = this.#corrections.next(steps, learningRate);
    const result = await this.#session.run({
      parameters: { data: this.#parameters, dims: flat },
      first: { data: this.#first, dims: flat },
      second: { data: this.#second, dims: flat },
      features: { data: train.x, dims: [train.x.length / features, features] },
      ...batches,
      rates: { data: rates, dims: [steps] },
      epsilons: { data: epsilons, dims: [steps] },
      ...masks,
    });
    this.#parameters = result['next_parameters']!;
    this.#first = result['next_first']!;
    this.#second = result['next_second']!;
    return { logits: result['logits']!, norms: result['norms']! };
  }

  #masks(draws: readonly (() => number)[], steps: number): Readonly<Record<string, TensorData>> {
    return Object.fromEntries(
      this.#maskShapes.map((shape, layer) => {
        const length = steps * sizeOf(shape);
        const mask = new Uint8Array(Math.ceil(length / 4) * 4);
        fillMask(mask, this.#network.dropout, draws[layer]!);
        return [`mask_${layer}`, { data: mask.subarray(0, length), dims: [steps, ...shape] }];
      }),
    );
  }
}
