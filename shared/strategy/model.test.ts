import { describe, expect, it } from 'vitest';
import { hiddenWidths, windowLength } from './model-shape.ts';
import { parseStrategy, requireStrategy } from './parse.ts';
import { strategyTree, withValue } from './testing/strategy-tree.ts';

/** The full tree with this model and batch size. */
function withModel(type: unknown, architecture: Readonly<Record<string, unknown>>, batchSize = 32) {
  return withValue(withValue(strategyTree(), ['model'], { type, architecture }), ['training', 'batch_size'], batchSize);
}

function problemsOf(...model: Parameters<typeof withModel>): readonly string[] {
  const parsed = parseStrategy(withModel(...model));
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
}

/** What is said about the model. */
function noticesOf(...model: Parameters<typeof withModel>): readonly string[] {
  const parsed = parseStrategy(withModel(...model));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.notices.filter((notice) => notice.startsWith('model.'));
}

describe.each(['lstm', 'gru'])('a model of type %s', (type) => {
  it('has two layers of 64 units and a dropout of 0.2 where it says nothing else', () => {
    const { model } = requireStrategy(withModel(type, { sequence_length: 20 }));
    expect(model).toEqual({ type, sequenceLength: 20, hiddenSize: 64, layers: 2, dropout: 0.2 });
    expect([windowLength(model), hiddenWidths(model)]).toEqual([20, [64, 64]]);
  });

  it('has what it says', () => {
    const { model } = requireStrategy(withModel(type.toUpperCase(), { sequence_length: 8, hidden_size: 16, num_layers: 1, dropout: 0 }));
    expect(model).toEqual({ type, sequenceLength: 8, hiddenSize: 16, layers: 1, dropout: 0 });
    expect(noticesOf(type, { sequence_length: 8, output_activation: 'softmax' })).toEqual([
      'model.architecture.output_activation: is not needed: the output is logits, of which decisions take the softmax',
    ]);
  });

  it('says what of a perceptron has no effect beside what it has of its own', () => {
    expect(noticesOf(type, { sequence_length: 8, hidden_size: 16, hidden_layers: [64, 32], activation: 'relu' })).toEqual([
      `model.architecture.activation: has no effect: the activations of a model of type ${type} are fixed`,
      `model.architecture.hidden_layers: has no effect: a model of type ${type} has num_layers layers of hidden_size units (2 of 16)`,
    ]);
    expect(noticesOf(type, { sequence_length: 8, hidden_layers: [32] })).toEqual([
      `model.architecture.hidden_layers: has no effect: a model of type ${type} has num_layers layers of hidden_size units (2 of 64)`,
    ]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no window', { hidden_size: 8 }, 'model.architecture.sequence_length: is required'],
    ['a window of nothing', { sequence_length: 0 }, 'model.architecture.sequence_length: must be at least 1, not 0'],
    ['a window too long', { sequence_length: 513 }, 'model.architecture.sequence_length: must be at most 512, not 513'],
    ['too many units', { sequence_length: 2, hidden_size: 1024 }, 'model.architecture.hidden_size: must be at most 512, not 1024'],
    ['too many layers', { sequence_length: 2, num_layers: 9 }, 'model.architecture.num_layers: must be at most 8, not 9'],
    ['a dropout of all', { sequence_length: 2, dropout: 1 }, 'model.architecture.dropout: must be below 1, not 1'],
    ['a misspelt key', { sequence_length: 2, hiden_size: 8 }, 'model.architecture.hiden_size: unknown key `hiden_size`: did you mean `hidden_size`?'],
  ])('is refused with %s', (_, architecture, problem) => {
    expect(problemsOf(type, architecture)).toEqual([expect.stringContaining(problem)]);
  });

  it('is refused where a step of training would not fit into memory', () => {
    const large = { sequence_length: 256, hidden_size: 512, num_layers: 2 };
    expect(problemsOf(type, large, 32)).toEqual([]);
    expect(problemsOf(type, large, 33)).toEqual([
      'model.architecture: is too large to train: sequence_length x hidden_size x num_layers x training.batch_size is 8650752, and may be 8388608 at most',
    ]);
  });
});

describe('a perceptron', () => {
  it('says what of a recurrent model has no effect, a window among it', () => {
    expect(noticesOf('mlp', { hidden_layers: [8], hidden_size: 64, num_layers: 2, sequence_length: 20 })).toEqual(
      ['sequence_length', 'hidden_size', 'num_layers'].map(
        (key) => `model.architecture.${key}: has no effect: an mlp has the layers of hidden_layers, and sees single rows`,
      ),
    );
  });
});
