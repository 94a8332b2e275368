import { GraphBuilder, type Value } from '../onnx/graph-builder.ts';
import type { SamplePorts } from '../onnx/run-samples.ts';
import { emitTensors, parameterCount, type Network } from './network.ts';

/** Names of the inputs of a network in evaluation mode, and of its output. `windows` is there only where samples are windows of several rows. */
const NAMES = { table: 'features', windows: 'windows', output: 'logits' } as const;

/** Where samples enter and leave a network in evaluation mode. */
export function evaluationPorts({ features, length, outputs }: Pick<Network, 'features' | 'length' | 'outputs'>): SamplePorts {
  return { ...NAMES, features, length, outputs };
}

/**
 * Writes the network in evaluation mode with its inputs and its output: features [rows, F] and, for windows of several rows,
 * windows [length, samples], the row of the table that is each window's first, second and so on; to logits [samples, outputs].
 */
export function emitNetwork(g: GraphBuilder, network: Network, tensors: readonly Value[]): void {
  const { features, length, outputs } = network;
  const isWindowed = length > 1;
  const table = g.input(NAMES.table, 'float32', ['rows', features]);
  const windows = isWindowed ? g.input(NAMES.windows, 'int64', [length, 'samples']) : null;
  const logits = network.emitEvaluation(g, tensors, { table, windows });
  g.output(NAMES.output, logits, 'float32', [isWindowed ? 'samples' : 'rows', outputs]);
}

/** The network in evaluation mode with its flat parameters as an input, `parameters`: see `emitNetwork`. */
export function evaluationGraph(network: Network): Uint8Array {
  const g = new GraphBuilder('evaluation');
  const parameters = g.input('parameters', 'float32', [parameterCount(network)]);
  emitNetwork(g, network, emitTensors(g, network, parameters));
  return g.toModel();
}
