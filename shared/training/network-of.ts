import type { ModelSpec } from '../strategy/strategy.ts';
import { gruCell } from './gru-cell.ts';
import { lstmCell } from './lstm-cell.ts';
import type { Network } from './network.ts';
import { perceptron } from './perceptron.ts';
import { recurrentNetwork } from './recurrent.ts';

/** The network that a strategy's model section describes. */
export function networkOf(features: number, outputs: number, model: ModelSpec): Network {
  switch (model.type) {
    case 'mlp':
      return perceptron(features, outputs, model);
    case 'lstm':
      return recurrentNetwork(lstmCell, features, outputs, model);
    case 'gru':
      return recurrentNetwork(gruCell, features, outputs, model);
  }
}
