import { GraphBuilder, type Value } from '../onnx/graph-builder.ts';
import type { LossSpec } from '../strategy/strategy.ts';
import { emitAdam, type AdamOptions, type AdamState } from './adam.ts';
import { emitLossGradient } from './loss-gradient.ts';
import { emitTensors, parameterCount, type Network } from './network.ts';
import { keepScale } from './dropout.ts';
import { emitBatchRows } from './windows.ts';

/** What a training graph is made for. */
export interface TrainingGraphSpec extends AdamOptions {
  readonly network: Network;
  readonly loss: LossSpec;
  readonly batchSize: number;
}

/** One batch, as graph values. */
interface Batch {
  /** [length x batch, features], see `emitTraining`. */
  readonly x: Value;
  /** batch x outputs: one-hot class or value. */
  readonly target: Value;
  /** batch x 1, see `emitLossGradient`. */
  readonly coefficient: Value;
  /** In the network's `maskShapes`: 0 for a dropped unit, else `keepScale`. */
  readonly masks: readonly Value[];
}

/** Adam's bias-corrected scalars for one step. */
interface StepScalars {
  readonly rate: Value;
  readonly epsilon: Value;
}

/**
 * One training step: forward with dropout, gradient of the loss, backward, Adam.
 * `logits` are those of the forward pass, before the update; `gradient` is flat and not yet clipped.
 */
function emitStep(g: GraphBuilder, spec: TrainingGraphSpec, state: AdamState, batch: Batch, scalars: StepScalars) {
  const { network } = spec;
  const tensors = emitTensors(g, network, state.parameters);
  const { logits, emitBackward } = network.emitTraining(g, tensors, spec.batchSize, batch.x, batch.masks);
  const gradients = emitBackward(g, emitLossGradient(g, spec.loss, logits, batch.target, batch.coefficient));
  const gradient = g.concatenate(gradients.map((value, i) => (network.tensors[i]!.shape.length === 1 ? value : g.reshape(value, [-1]))));
  return { logits, gradient, ...emitAdam(g, spec, state, gradient, scalars.rate, scalars.epsilon) };
}

/** One step on one batch, for tests: outputs parameters, first, second, logits, gradient and norm. */
export function stepGraph(spec: TrainingGraphSpec): Uint8Array {
  const { network, batchSize } = spec;
  const g = new GraphBuilder('step');
  const flat = [parameterCount(network)];
  const { outputs } = network;
  const state = {
    parameters: g.input('parameters', 'float32', flat),
    first: g.input('first', 'float32', flat),
    second: g.input('second', 'float32', flat),
  };
  const batch = {
    x: g.input('x', 'float32', [network.length * batchSize, network.features]),
    target: g.input('target', 'float32', [batchSize, outputs]),
    coefficient: g.input('coefficient', 'float32', [batchSize, 1]),
    masks: network.maskShapes(batchSize).map((shape, i) => emitMask(g, network, g.input(`mask_${i}`, 'uint8', shape))),
  };
  const scalars = { rate: g.input('rate', 'float32', []), epsilon: g.input('epsilon', 'float32', []) };
  const step = emitStep(g, spec, state, batch, scalars);
  g.output('next_parameters', step.parameters, 'float32', flat);
  g.output('next_first', step.first, 'float32', flat);
  g.output('next_second', step.second, 'float32', flat);
  g.output('logits', step.logits, 'float32', [batchSize, outputs]);
  g.output('gradient', step.gradient, 'float32', flat);
  g.output('norm', step.norm, 'float32', []);
  return g.toModel();
}

/**
 * A whole epoch, or a part of one, in one run: Scan takes one step for each row of `indices`.
 * Inputs: parameters, first, second [P]; features [rows, F]; indices [steps, batch]; targets [steps, batch, outputs];
 * coefficients [steps, batch, 1]; rates and epsilons [steps]; mask_i [steps, batch, width of hidden layer i].
 * Outputs: next_parameters, next_first, next_second [P]; logits [steps, batch, outputs], each before its step's update; norms [steps], of
 * the gradients before they are clipped.
 */
export function epochGraph(spec: TrainingGraphSpec): Uint8Array {
  const { network, batchSize } = spec;
  const g = new GraphBuilder('epoch');
  const flat = [parameterCount(network)];
  const { outputs } = network;
  const features = g.input('features', 'float32', ['rows', network.features]);
  const state = ['parameters', 'first', 'second'].map((name) => ({
    value: g.input(name, 'float32', flat),
    type: 'float32' as const,
    shape: flat,
  }));
  const stack = (name: string, type: 'float32' | 'int64', shape: readonly number[]) => ({
    value: g.input(name, type, ['steps', ...shape]),
    type,
    shape,
  });
  const masks = network.maskShapes(batchSize).map((shape, i) => {
    return { value: emitMask(g, network, g.input(`mask_${i}`, 'uint8', ['steps', ...shape])), type: 'float32' as const, shape };
  });
  const stacks = [
    stack('indices', 'int64', [batchSize]),
    stack('targets', 'float32', [batchSize, outputs]),
    stack('coefficients', 'float32', [batchSize, 1]),
    stack('rates', 'float32', []),
    stack('epsilons', 'float32', []),
    ...masks,
  ];
  const scan = g.scan('step', state, stacks, (body, [parameters, first, second], [indices, target, coefficient, rate, epsilon, ...masks]) => {
    const adam = { parameters: parameters!, first: first!, second: second! };
    const batch = { x: emitBatchRows(body, network.length, features, indices!), target: target!, coefficient: coefficient!, masks };
    const step = emitStep(body, spec, adam, batch, { rate: rate!, epsilon: epsilon! });
    return { state: [step.parameters, step.first, step.second], slices: [{ value: step.logits, shape: [batchSize, outputs] }, { value: step.norm, shape: [] }] };
  });
  for (const [i, name] of ['next_parameters', 'next_first', 'next_second'].entries()) g.output(name, scan.state[i]!, 'float32', flat);
  g.output('logits', scan.stacks[0]!, 'float32', ['steps', batchSize, outputs]);
  g.output('norms', scan.stacks[1]!, 'float32', ['steps']);
  return g.toModel();
}

/** Bytes 0 and 1 to factors 0 and `keepScale`: once for all steps, since a cast inside Scan costs as much as a layer. */
function emitMask(g: GraphBuilder, network: Network, bytes: Value): Value {
  return g.multiply(g.toFloat(bytes), g.scalar(keepScale(network.dropout)));
}
