import { GraphBuilder, type Value } from '../onnx/graph-builder.ts';
import type { LossSpec } from '../strategy/strategy.ts';
import { emitActivation, emitActivationGradient } from './activations.ts';
import { emitAdam, type AdamOptions, type AdamState } from './adam.ts';
import { emitLossGradient } from './loss-gradient.ts';
import { emitForward, emitLayers, hiddenWidths, parameterCount, type LayerValues, type Network } from './network.ts';
import { keepScale } from './dropout.ts';

/** What a training graph is made for. */
export interface TrainingGraphSpec extends AdamOptions {
  readonly network: Network;
  readonly loss: LossSpec;
  readonly batchSize: number;
}

/** One batch, as graph values. */
interface Batch {
  /** batch x features. */
  readonly x: Value;
  /** batch x outputs: one-hot class or value. */
  readonly target: Value;
  /** batch x 1, see `emitLossGradient`. */
  readonly coefficient: Value;
  /** One a hidden layer, batch x width: 0 for a dropped unit, else `keepScale`. None without dropout. */
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
  const layers = emitLayers(g, network, state.parameters);
  const inputs: Value[] = [batch.x];
  const activations: Value[] = [];
  for (const [i, { weight, bias }] of layers.slice(0, -1).entries()) {
    const h = emitActivation(g, network.activation, g.gemm(inputs[i]!, weight, { c: bias, transposeB: true }));
    const mask = batch.masks[i];
    activations.push(h);
    inputs.push(mask === undefined ? h : g.multiply(h, mask));
  }
  const { weight, bias } = layers.at(-1)!;
  const logits = g.gemm(inputs.at(-1)!, weight, { c: bias, transposeB: true });
  const atLogits = emitLossGradient(g, spec.loss, logits, batch.target, batch.coefficient);
  const gradient = emitBackward(g, network, layers, inputs, activations, batch.masks, atLogits);
  return { logits, gradient, ...emitAdam(g, spec, state, gradient, scalars.rate, scalars.epsilon) };
}

/** Back-propagation from the gradient at the logits to the flat gradient of the parameters. */
function emitBackward(
  g: GraphBuilder,
  network: Network,
  layers: readonly LayerValues[],
  inputs: readonly Value[],
  activations: readonly Value[],
  masks: readonly Value[],
  atLogits: Value,
): Value {
  const pieces: Value[] = [];
  let atZ = atLogits;
  for (let i = layers.length - 1; i >= 0; i--) {
    pieces.unshift(g.reshape(g.gemm(atZ, inputs[i]!, { transposeA: true }), [-1]), g.sumOver(atZ, 0, { keep: false }));
    if (i === 0) break;
    const atInput = g.gemm(atZ, layers[i]!.weight);
    const mask = masks[i - 1];
    const atActivation = mask === undefined ? atInput : g.multiply(atInput, mask);
    atZ = emitActivationGradient(g, network.activation, atActivation, activations[i - 1]!);
  }
  return g.concatenate(pieces);
}

/** One step on one batch, for tests: outputs parameters, first, second, logits, gradient and norm. */
export function stepGraph(spec: TrainingGraphSpec): Uint8Array {
  const { network, batchSize } = spec;
  const g = new GraphBuilder('step');
  const flat = [parameterCount(network)];
  const outputs = network.widths.at(-1)!;
  const state = {
    parameters: g.input('parameters', 'float32', flat),
    first: g.input('first', 'float32', flat),
    second: g.input('second', 'float32', flat),
  };
  const batch = {
    x: g.input('x', 'float32', [batchSize, network.widths[0]!]),
    target: g.input('target', 'float32', [batchSize, outputs]),
    coefficient: g.input('coefficient', 'float32', [batchSize, 1]),
    masks: maskWidths(network).map((width, i) => emitMask(g, network, g.input(`mask_${i}`, 'uint8', [batchSize, width]))),
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
 * Outputs: next_parameters, next_first, next_second [P]; logits [steps, batch, outputs], each before its step's update.
 */
export function epochGraph(spec: TrainingGraphSpec): Uint8Array {
  const { network, batchSize } = spec;
  const g = new GraphBuilder('epoch');
  const flat = [parameterCount(network)];
  const outputs = network.widths.at(-1)!;
  const features = g.input('features', 'float32', ['rows', network.widths[0]!]);
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
  const masks = maskWidths(network).map((width, i) => {
    const shape = [batchSize, width];
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
    const batch = { x: body.gather(features, indices!), target: target!, coefficient: coefficient!, masks };
    const step = emitStep(body, spec, adam, batch, { rate: rate!, epsilon: epsilon! });
    return { state: [step.parameters, step.first, step.second], slices: [{ value: step.logits, shape: [batchSize, outputs] }] };
  });
  for (const [i, name] of ['next_parameters', 'next_first', 'next_second'].entries()) g.output(name, scan.state[i]!, 'float32', flat);
  g.output('logits', scan.stacks[0]!, 'float32', ['steps', batchSize, outputs]);
  return g.toModel();
}

/** The network in evaluation mode with its parameters as an input: parameters [P], x [rows, F] to logits [rows, outputs]. */
export function evaluationGraph(network: Network): Uint8Array {
  const g = new GraphBuilder('evaluation');
  const parameters = g.input('parameters', 'float32', [parameterCount(network)]);
  const x = g.input('x', 'float32', ['rows', network.widths[0]!]);
  const logits = emitForward(g, network.activation, emitLayers(g, network, parameters), x);
  g.output('logits', logits, 'float32', ['rows', network.widths.at(-1)!]);
  return g.toModel();
}

function maskWidths(network: Network): readonly number[] {
  return network.dropout === 0 ? [] : hiddenWidths(network);
}

/** Bytes 0 and 1 to factors 0 and `keepScale`: once for all steps, since a cast inside Scan costs as much as a layer. */
function emitMask(g: GraphBuilder, network: Network, bytes: Value): Value {
  return g.multiply(g.toFloat(bytes), g.scalar(keepScale(network.dropout)));
}
