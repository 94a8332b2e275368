import { fail } from '../errors/index.ts';
import { firstNotFinite } from '../finite.ts';
import { OnnxSession } from '../onnx/onnx-session.ts';
import { runSamples } from '../onnx/run-samples.ts';
import { assertJob } from './assert-job.ts';
import { EarlyStopping } from './early-stopping.ts';
import { evaluationGraph, evaluationPorts } from './evaluation.ts';
import { EpochRunner, type PassResult } from './epoch-runner.ts';
import { LearningRate } from './learning-rate.ts';
import { accuracy, meanLoss, type Criterion } from './losses.ts';
import { namedTensors, type Network } from './network.ts';
import { networkOf } from './network-of.ts';
import { stepsPerRun } from './run-length.ts';
import type { EpochReport, TrainedModel, TrainingHooks, TrainingJob } from './training.ts';

/** How a training is run, without any effect on its result. */
export interface TrainingOptions {
  /** Steps in one run of the epoch graph, a multiple of four. Default: a quarter of a second's work. */
  readonly stepsPerRun?: number;
}

/**
 * Trains a network inside onnxruntime: Adam, the gradient's norm clipped, dropout, rows shuffled every epoch (where they have
 * weights, drawn by them), and after each epoch a pass over the validation rows. The model returned is that of the epoch with
 * the lowest validation loss.
 * The same job gives the same bytes on one type of machine. Blocks the thread for a quarter of a second at a time: not for
 * a server's main thread.
 * @throws TrainingDataError TRAINING_DIVERGED where a loss, a parameter or the norm of a gradient is no longer finite
 * @throws the signal's reason where `hooks.signal` aborts; checked between epochs and between the runs of one epoch
 */
export async function trainModel(job: TrainingJob, hooks: TrainingHooks = {}, options: TrainingOptions = {}): Promise<TrainedModel> {
  assertJob(job);
  hooks.signal?.throwIfAborted();
  const network = networkOf(job.features, job.outputs, job.model);
  const criterion = { loss: job.training.loss, outputs: job.outputs, classWeights: job.classWeights };
  const runner = await EpochRunner.open(job, network, criterion, options.stepsPerRun ?? stepsPerRun(network, job.training.batchSize));
  try {
    const evaluation = await OnnxSession.open(evaluationGraph(network));
    try {
      return await trainEpochs(job, hooks, network, runner, (parameters) => validate(job, network, criterion, evaluation, parameters));
    } finally {
      await evaluation.close();
    }
  } finally {
    await runner.close();
  }
}

async function trainEpochs(
  job: TrainingJob,
  hooks: TrainingHooks,
  network: Network,
  runner: EpochRunner,
  validate: (parameters: Float32Array) => Promise<PassResult>,
): Promise<TrainedModel> {
  const { epochs, earlyStopping } = job.training;
  const stopping = earlyStopping === null ? null : new EarlyStopping(earlyStopping);
  const learningRate = new LearningRate(job.training.learningRate, job.training.scheduler);
  const history: EpochReport[] = [];
  let best = { epoch: 0, loss: Infinity, parameters: runner.parameters };
  let stoppedEarly = false;
  hooks.onStart?.();
  for (let epoch = 1; epoch <= epochs && !stoppedEarly; epoch++) {
    const train = await runner.run(epoch, learningRate.rate, hooks);
    const { parameters } = runner;
    assertFinite(job, epoch, 'training loss', train.loss);
    const bad = firstNotFinite(parameters);
    if (bad !== -1) assertFinite(job, epoch, `parameter ${bad}`, parameters[bad]!);
    // A norm that overflows scales its gradient down to nothing: the step would be left out without a word.
    assertFinite(job, epoch, "norm of a step's gradient", train.gradientNorm);
    const validation = await validate(parameters);
    assertFinite(job, epoch, 'validation loss', validation.loss);
    if (validation.loss < best.loss) best = { epoch, loss: validation.loss, parameters: parameters.slice() };
    const report: EpochReport = {
      epoch,
      epochs,
      trainLoss: train.loss,
      trainAccuracy: train.accuracy,
      validationLoss: validation.loss,
      validationAccuracy: validation.accuracy,
    };
    history.push(report);
    await hooks.onEpoch?.(report);
    hooks.signal?.throwIfAborted();
    learningRate.after(validation.loss);
    stoppedEarly = epoch < epochs && stopping !== null && stopping.stopsAfter(validation.loss);
  }
  return { tensors: namedTensors(network, best.parameters), history, bestEpoch: best.epoch, stoppedEarly };
}

/** One pass over the validation rows in evaluation mode, with the criterion of training. */
async function validate(job: TrainingJob, network: Network, criterion: Criterion, evaluation: OnnxSession, parameters: Float32Array): Promise<PassResult> {
  const { validation, outputs } = job;
  const feeds = { parameters: { data: parameters, dims: [parameters.length] } };
  const logits = await runSamples(evaluation, evaluationPorts(network), validation, feeds);
  return { loss: meanLoss(criterion, logits, validation.y), accuracy: accuracy(logits, validation.y, outputs) };
}

function assertFinite(job: TrainingJob, epoch: number, quantity: string, value: number): void {
  if (Number.isFinite(value)) return;
  const { epochs, learningRate } = job.training;
  throw fail('TRAINING_DIVERGED', { epoch, epochs, quantity, value: String(value), learningRate });
}
