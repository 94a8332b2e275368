import { asStepError } from '../errors/index.ts';
import { assembleDataset, type SymbolData } from '../dataset/assemble.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { sha256Hex } from '../hash.ts';
import { fitAndLabel, outputsOf } from '../labels/labeler.ts';
import { labelerOf } from '../labels/registry.ts';
import { type ContextFile, loadContext } from '../market-data/context/load.ts';
import { runKeys } from '../memory/keys.ts';
import { type Bundle, buildBundle, loadBundle } from '../model/bundle.ts';
import type { Ports } from '../ports/index.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { trainModel } from '../training/train-model.ts';
import type { EpochReport } from '../training/training.ts';
import { ONNXRUNTIME_VERSION } from '../onnx/onnx-session.ts';
import { TOCSIN_VERSION } from '../version.ts';
import { trainingArtefactSchema, writeJsonArtefact } from './artefacts.ts';
import { readRunStrategy } from './run-inputs.ts';
import { moveOperation, operationInputSchema, operationOf, parseStepInput, progressOf, progressReporter, type StepContext } from './step.ts';
import { loadSymbolFeatures, priceNotices, spanTrained } from './symbol-data.ts';
import { assertTrainingFits } from './training-time.ts';
import { iso, judgeTraining, testMetricsOf, trainingResult } from './training-result.ts';

/** What the state machine learns from a gate. */
export interface GateOutput {
  readonly gate: { readonly passed: boolean; readonly reason: string };
}

/** What it learns from the training: also whether the model gives signals, without which there is nothing to backtest. */
interface TrainOutput extends GateOutput {
  readonly signals: boolean;
}

/**
 * The first step: data to rows to model, judged on the test split and by the training gate.
 * Leaves the model bundle and `training.json` in the operation's run folder.
 * @throws PipelineError of any type but BacktestDataError
 */
export async function trainStep(ports: Ports, event: unknown, context: StepContext): Promise<TrainOutput> {
  const { operation_id: operationId } = parseStepInput('train', operationInputSchema, event);
  const keys = runKeys(operationId);
  const timing = watchTime(context);
  await moveOperation(ports, 'train', operationId, ['pending', 'running'], {
    status: 'running',
    phase: 'training',
    started_at: ports.now().toISOString(),
    progress: progressOf('train', { currentStep: 'Loading market data', share: 0, itemsProcessed: 0, itemsTotal: null }),
  });
  const report = progressReporter(ports, 'train', operationId, context);
  const operation = await operationOf(ports, 'train', operationId);
  const { seed, bypass_gates: bypassGates } = operation.metadata.parameters;

  const { strategy, sha256: strategySha256, notices } = await readRunStrategy(ports.objects, 'train', keys);
  const { dataset, context: contextFiles, dataSha256, remarks } = await asStepError('train', () => assemble(ports, strategy, report));

  const trained = await trainModel(
    {
      features: dataset.featureIds.length,
      outputs: outputsOf(dataset.classes),
      model: strategy.model,
      training: strategy.training,
      classWeights: dataset.balance?.weights ?? null,
      seed,
      train: dataset.train,
      validation: dataset.validation,
    },
    {
      signal: context.signal,
      onStart: timing.begin,
      onPartOfEpoch: (epochsDone) => timing.check(epochsDone, strategy.training.epochs),
      onEpoch: (epoch) => {
        timing.check(epoch.epoch, epoch.epochs);
        return report(epochProgress(epoch, dataset.train.count));
      },
    },
  );

  const { featureIds, scaling, classes } = dataset;
  const bundle = buildBundle(trained, {
    strategy: { name: strategy.name, sha256: strategySha256 },
    symbols: strategy.symbols,
    timeframes: strategy.timeframes,
    baseTimeframe: strategy.baseTimeframe,
    featureIds,
    scaling,
    classes,
    model: strategy.model,
    seed,
    version: TOCSIN_VERSION,
  });
  // Judged as it will be served: the exported model, not the one in the training graph.
  const tested = testMetricsOf(dataset, await predictTestRows(bundle, dataset, keys.prefix));
  const gate = judgeTraining(strategy, trained, tested, bypassGates);

  // A cancelled operation must not find artefacts of its own afterwards.
  await moveOperation(ports, 'train', operationId, ['running'], {
    progress: progressOf('train', { currentStep: 'Storing the model', share: 1, itemsProcessed: trained.history.length, itemsTotal: trained.history.length }),
  });
  await ports.objects.put(keys.model, bundle.model);
  await ports.objects.put(keys.manifest, bundle.manifest);
  await writeJsonArtefact(ports.objects, 'train', keys.training, trainingArtefactSchema, {
    result: trainingResult({ strategy, dataset, contextFiles, trained, tested, gate }),
    provenance: {
      operation_id: operationId,
      seed,
      strategy_sha256: strategySha256,
      model_sha256: sha256Hex(bundle.model),
      data_sha256: dataSha256,
      split_borders: {
        start: iso(dataset.borders[0]),
        validation: iso(dataset.borders[1]),
        test: iso(dataset.borders[2]),
        end: iso(dataset.borders[3]),
      },
      versions: { tocsin: TOCSIN_VERSION, onnxruntime: ONNXRUNTIME_VERSION },
    },
    borders: [...dataset.borders],
    notices: [...notices, ...remarks],
  });
  return { gate: { passed: gate.passed, reason: gate.reason }, signals: labelerOf(strategy.training.labels.source).signals };
}

/**
 * Measures the step from now on; `check` throws TRAINING_WILL_NOT_FIT as soon as the time can be seen not to do.
 * By the time that remains and not by the clock, which may be set while it trains.
 */
function watchTime({ remainingMs }: StepContext) {
  const availableMs = remainingMs();
  let preparationMs = 0;
  let fits: true | null = null;
  return {
    begin: () => {
      preparationMs = availableMs - remainingMs();
    },
    check: (epochsDone: number, epochs: number) => {
      fits ??= assertTrainingFits({ availableMs, preparationMs, epochsMs: availableMs - remainingMs() - preparationMs, epochsDone, epochs });
    },
  };
}

async function predictTestRows(bundle: Bundle, { featureIds, test }: Dataset, location: string): Promise<Float32Array> {
  const model = await loadBundle(bundle, { featureIds, location });
  try {
    return await model.predict(test);
  } finally {
    await model.close();
  }
}

/** Bars, features and labels of every symbol, as rows. Bars after the training range are not seen at all. */
async function assemble(
  ports: Ports,
  strategy: Strategy,
  report: ReturnType<typeof progressReporter>,
): Promise<{ dataset: Dataset; context: readonly ContextFile[]; dataSha256: Record<string, string>; remarks: readonly string[] }> {
  const labeler = labelerOf(strategy.training.labels.source);
  const symbols: SymbolData[] = [];
  const dataSha256: Record<string, string> = {};
  const context = await loadContext(ports.objects, strategy.contextSources);
  const remarks = context.files.flatMap((file) => file.remarks.map((remark) => `${file.key}: ${remark}`));
  for (const [i, symbol] of strategy.symbols.entries()) {
    await report({
      currentStep: 'Preparing training data',
      share: 0,
      itemsProcessed: i,
      itemsTotal: strategy.symbols.length,
      currentItem: symbol,
    });
    const loaded = await loadSymbolFeatures(ports.objects, strategy, symbol, strategy.trainingRange, context);
    Object.assign(dataSha256, loaded.dataSha256);
    remarks.push(...loaded.notices, ...priceNotices(loaded, spanTrained(loaded, strategy.trainingRange)));
    const { features } = loaded;
    symbols.push({ features, label: (training) => fitAndLabel(labeler, features.bars, strategy.training.labels.params, training) });
  }
  return { dataset: assembleDataset({ strategy, symbols, classes: labeler.classes }), context: context.files, dataSha256, remarks };
}

function epochProgress(epoch: EpochReport, rows: number) {
  return {
    currentStep: `Epoch ${epoch.epoch}/${epoch.epochs}`,
    share: epoch.epoch / epoch.epochs,
    itemsProcessed: epoch.epoch,
    itemsTotal: epoch.epochs,
    context: {
      epoch: epoch.epoch,
      epochs: epoch.epochs,
      rows,
      train_loss: epoch.trainLoss,
      train_accuracy: epoch.trainAccuracy,
      val_loss: epoch.validationLoss,
      val_accuracy: epoch.validationAccuracy,
    },
  };
}
