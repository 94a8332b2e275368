import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';

/** One recurrent layer over a batch of windows. */
export interface LayerSize {
  /** Unique in the network. */
  readonly name: string;
  /** Rows of a window. */
  readonly length: number;
  readonly batchSize: number;
  readonly hidden: number;
}

/** Parameters of one recurrent layer, as in PyTorch: the blocks of the gates one under another. */
export interface LayerWeights {
  /** [gates x hidden, inputs]. */
  readonly input: Value;
  /** [gates x hidden, hidden]. */
  readonly hidden: Value;
  /** [gates x hidden] each. */
  readonly inputBias: Value;
  readonly hiddenBias: Value;
}

/** Gradients at a layer's hidden states: at all of them, [length x batch, hidden], or at those after the last row alone, [batch, hidden]. */
export type AtHidden = { readonly all: Value } | { readonly last: Value };

/** Gradients at the gates of all rows, [length x batch, gates x hidden]: at the input's share in them and at the hidden state's. */
export interface AtGates {
  readonly input: Value;
  readonly hidden: Value;
}

/** A layer's forward pass in training, and the way back. */
export interface LayerPass {
  /** Hidden states of all rows, [length x batch, hidden]. */
  readonly all: Value;
  /** Those after the last row of each window, [batch, hidden]. */
  readonly last: Value;
  readonly emitBackward: (g: GraphBuilder, at: AtHidden) => AtGates;
}

/** A recurrent cell: what becomes of the input's share in its gates, which is computed for all rows at once. */
export interface Cell {
  readonly name: 'lstm' | 'gru';
  readonly gates: number;
  /** ONNX's operator of this cell, and our gates in its order. */
  readonly onnx: { readonly operator: 'LSTM' | 'GRU'; readonly gateOrder: readonly number[] };
  /** The bias that belongs to the input's share; the cell itself adds what is left. */
  emitInputBias(g: GraphBuilder, weights: LayerWeights): Value;
  /**
   * Training mode, from states of 0.
   * @param projected the input's share in the gates, [length x batch, gates x hidden]
   */
  emitTraining(g: GraphBuilder, size: LayerSize, weights: LayerWeights, projected: Value): LayerPass;
}

/** The derivative of a sigmoid, from the sigmoid itself. */
export function emitSigmoidSlope(g: GraphBuilder, sigmoid: Value): Value {
  return g.multiply(sigmoid, g.subtract(g.scalar(1), sigmoid));
}

/** The derivative of a tanh, from the tanh itself. */
export function emitTanhSlope(g: GraphBuilder, tanh: Value): Value {
  return g.subtract(g.scalar(1), g.multiply(tanh, tanh));
}
