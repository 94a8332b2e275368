import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { LossSpec } from '../strategy/strategy.ts';

/** Least 1 - p that focal loss raises to a power: keeps 0 to a negative power out for gamma below 1. */
const LEAST_COMPLEMENT = 1e-7;

/**
 * Gradient of the batch's mean loss at the network's outputs, batch x outputs.
 * @param target one-hot class, batch x classes; or the value to regress on, batch x 1
 * @param coefficient batch x 1: the row's share in the mean, with its class weight; 0 for a padding row
 */
export function emitLossGradient(g: GraphBuilder, loss: LossSpec, output: Value, target: Value, coefficient: Value): Value {
  switch (loss.type) {
    case 'cross_entropy':
      return g.multiply(g.subtract(g.softmax(output), target), coefficient);
    case 'focal':
      return emitFocalGradient(g, loss.gamma, output, target, coefficient);
    case 'huber':
      return g.multiply(g.clip(g.subtract(output, target), g.scalar(-loss.delta), g.scalar(loss.delta)), coefficient);
    case 'mse':
      return g.multiply(g.multiply(g.subtract(output, target), g.scalar(2)), coefficient);
  }
}

/**
 * With p the probability of the true class, the loss -(1-p)^gamma log p has the gradient
 * [(1-p)^gamma - gamma (1-p)^(gamma-1) p log p] (softmax - target).
 * @see https://arxiv.org/abs/1708.02002
 */
function emitFocalGradient(g: GraphBuilder, gamma: number, output: Value, target: Value, coefficient: Value): Value {
  const logSoftmax = g.logSoftmax(output);
  const logP = g.sumOver(g.multiply(logSoftmax, target), 1, { keep: true });
  const p = g.exp(logP);
  const complement = g.maximum(g.subtract(g.scalar(1), p), g.scalar(LEAST_COMPLEMENT));
  const plain = g.power(complement, g.scalar(gamma));
  const correction = g.multiply(g.multiply(g.power(complement, g.scalar(gamma - 1)), g.scalar(gamma)), g.multiply(p, logP));
  const factor = g.multiply(g.subtract(plain, correction), coefficient);
  return g.multiply(g.subtract(g.exp(logSoftmax), target), factor);
}
