import { area, failure } from '../failure.ts';

const RETRAIN = 'Run the research again, so that training writes the model anew';

/** Failures of reading and running a model bundle. */
export const modelFailures = area({ steps: ['backtest'], retry: 'as_is' }, {
  MODEL_NOT_OF_RUN: failure(
    'ModelLoadError',
    (f: { location: string; expected: string; actual: string }) =>
      `The model in ${f.location} is not the one that this operation trained: its SHA-256 is ${f.actual}, not ${f.expected}.`,
    'Keep memory/runs untouched while an operation runs, then retry the operation.',
  ),
  MODEL_MISSING: failure(
    'ModelLoadError',
    (f: { file: string; location: string }) => `There is no ${f.file} under ${f.location}.`,
    `${RETRAIN}; a bundle is complete only with model.onnx and manifest.json.`,
  ),
  MODEL_MANIFEST_INVALID: failure(
    'ModelLoadError',
    (f: { location: string; reason: string }) => `manifest.json under ${f.location} is not a manifest that this version reads: ${f.reason}.`,
    `${RETRAIN}; if the bundle was made by another version of Tocsin, use that version for it.`,
  ),
  MODEL_HASH_MISMATCH: failure(
    'ModelLoadError',
    (f: { location: string; expected: string; actual: string }) =>
      `model.onnx under ${f.location} is not the file its manifest describes: its SHA-256 is ${f.actual}, the manifest says ${f.expected}.`,
    `The file was damaged, cut or replaced after training. ${RETRAIN}.`,
  ),
  MODEL_UNREADABLE: failure(
    'ModelLoadError',
    (f: { location: string; reason: string }) => `onnxruntime cannot load, or run, model.onnx under ${f.location}: ${f.reason}.`,
    `${RETRAIN}; if it happens again, compare the manifest's versions with the versions installed.`,
    { steps: ['train', 'backtest'] },
  ),
  MODEL_SHAPE_MISMATCH: failure(
    'ModelLoadError',
    (f: { location: string; graph: string; features: number; sequenceLength: number; outputs: number }) =>
      `model.onnx under ${f.location} maps ${f.graph}, but its manifest speaks of ${f.features} features${f.sequenceLength === 1 ? '' : `, windows of ${f.sequenceLength} rows`} and ${f.outputs} outputs.`,
    `The two files do not belong together. ${RETRAIN}.`,
  ),
  MODEL_OUTPUT_NOT_FINITE: failure(
    'ModelLoadError',
    (f: { row: number; value: string; location: string }) => `The model under ${f.location} answers row ${f.row} of its input with ${f.value}.`,
    `Its parameters are too large for its input. ${RETRAIN}, with a lower training.learning_rate or with normalised raw inputs.`,
    { steps: ['train', 'backtest'], retry: 'never' },
  ),
  MODEL_INPUT_NOT_FINITE: failure(
    'BacktestDataError',
    (f: { row: number; feature: string; value: string }) => `Feature ${f.feature} is ${f.value} in row ${f.row} of the model's input.`,
    'Look at the bars around that row: an indicator could not be computed there. Correct the data or choose another date range.',
    { steps: ['train', 'backtest'], retry: 'after_mending' },
  ),
  MODEL_FEATURES_MISMATCH: failure(
    'BacktestDataError',
    (f: { position: number; model: string | null; strategy: string | null; modelCount: number; strategyCount: number; location: string }) =>
      `The model under ${f.location} was trained on other features than the strategy has: at position ${f.position} the model has ` +
      `${f.model ?? 'none'}, the strategy ${f.strategy ?? 'none'} (${f.modelCount} and ${f.strategyCount} features).`,
    'Backtest a model only with the strategy it was trained for; after a change of indicators, fuzzy_sets or nn_inputs, train again.',
  ),
});
