import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { Activation } from '../strategy/strategy.ts';

/** Slope of leaky_relu below zero, PyTorch's default. */
const LEAKY_SLOPE = 0.01;

/** The activation of a layer's pre-activation `z`. */
export function emitActivation(g: GraphBuilder, activation: Activation, z: Value): Value {
  switch (activation) {
    case 'relu':
      return g.relu(z);
    case 'tanh':
      return g.tanh(z);
    case 'sigmoid':
      return g.sigmoid(z);
    case 'leaky_relu':
      return g.leakyRelu(z, LEAKY_SLOPE);
  }
}

/**
 * Gradient at the pre-activation, from the gradient at the activation.
 * @param h the activation itself, from which every derivative here can be had
 */
export function emitActivationGradient(g: GraphBuilder, activation: Activation, gradient: Value, h: Value): Value {
  switch (activation) {
    case 'relu':
      return g.where(g.greater(h, g.scalar(0)), gradient, g.scalar(0));
    case 'tanh':
      return g.multiply(gradient, g.subtract(g.scalar(1), g.multiply(h, h)));
    case 'sigmoid':
      return g.multiply(gradient, g.multiply(h, g.subtract(g.scalar(1), h)));
    case 'leaky_relu':
      return g.where(g.greater(h, g.scalar(0)), gradient, g.multiply(gradient, g.scalar(LEAKY_SLOPE)));
  }
}
