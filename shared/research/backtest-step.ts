import { asStepError, fail } from '../errors/index.ts';
import { type BacktestSeries, backtestRange, type BacktestRange } from '../backtest/range.ts';
import { simulate, type Simulation } from '../backtest/simulate.ts';
import { packSamples } from '../dataset/rows.ts';
import { outputsOf } from '../labels/labeler.ts';
import { labelerOf } from '../labels/registry.ts';
import { loadContext } from '../market-data/context/load.ts';
import { runKeys } from '../memory/keys.ts';
import { loadBundle } from '../model/bundle.ts';
import type { Model } from '../model/model.ts';
import type { Ports } from '../ports/index.ts';
import { windowLength } from '../strategy/model-shape.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { backtestArtefactSchema, type TrainingArtefact, writeJsonArtefact } from './artefacts.ts';
import { backtestResult, type TradedSymbol } from './backtest-result.ts';
import { equityCsv, tradesCsv } from './backtest-tables.ts';
import { readTrainedRun } from './run-inputs.ts';
import { moveOperation, operationInputSchema, operationOf, parseStepInput, progressOf, progressReporter, type StepContext } from './step.ts';
import { loadSymbolFeatures, priceNotices, type Span, spanSeen, spanTrained, type SymbolFeatures } from './symbol-data.ts';
import type { GateOutput } from './train-step.ts';

type Report = ReturnType<typeof progressReporter>;

/**
 * The second step: trades the trained model over the backtest's range, every symbol with its own capital, and judges the sum.
 * Leaves `backtest.json`, the trades and the equity curve in the operation's run folder.
 * @throws PipelineError of any type but TrainingDataError
 */
export async function backtestStep(ports: Ports, event: unknown, context: StepContext): Promise<GateOutput> {
  const { operation_id: operationId } = parseStepInput('backtest', operationInputSchema, event);
  const keys = runKeys(operationId);
  await moveOperation(ports, 'backtest', operationId, ['running'], {
    phase: 'backtesting',
    progress: progressOf('backtest', { currentStep: 'Loading the model', share: 0, itemsProcessed: 0, itemsTotal: null }),
  });
  const report = progressReporter(ports, 'backtest', operationId, context);
  const operation = await operationOf(ports, 'backtest', operationId);

  const { strategy, training } = await readTrainedRun(ports.objects, 'backtest', operationId);
  const { source } = strategy.training.labels;
  if (!labelerOf(source).signals) throw new Error(`A model of ${source} labels gives no signals that could be backtested.`);
  const model = await loadBundle(
    { model: await ports.objects.get(keys.model), manifest: await ports.objects.get(keys.manifest) },
    { featureIds: strategy.features.map((feature) => feature.id), location: keys.prefix },
  );
  let traded: Awaited<ReturnType<typeof tradeAll>>;
  try {
    requireTrainedModel(model, training.provenance, keys.prefix);
    traded = await asStepError('backtest', () => tradeAll(ports, strategy, model, training, report));
  } finally {
    await model.close();
  }
  const { result, portfolio } = backtestResult(strategy, traded, operation.metadata.parameters.bypass_gates);

  // A cancelled operation must not find artefacts of its own afterwards.
  await moveOperation(ports, 'backtest', operationId, ['running'], {
    progress: progressOf('backtest', { currentStep: 'Storing the results', share: 1, itemsProcessed: result.metrics.bars, itemsTotal: result.metrics.bars }),
  });
  await ports.objects.put(keys.trades, tradesCsv(portfolio.trades));
  await ports.objects.put(keys.equity, equityCsv(portfolio));
  await writeJsonArtefact(ports.objects, 'backtest', keys.backtest, backtestArtefactSchema, {
    operation_id: operationId,
    model_sha256: model.manifest.model_sha256,
    result,
    notices: [...traded.notices],
  });
  return { gate: { passed: result.gate.passed, reason: result.gate.reason } };
}

async function tradeAll(
  ports: Ports,
  strategy: Strategy,
  model: Model,
  { borders, provenance }: TrainingArtefact,
  report: Report,
): Promise<{ readonly range: BacktestRange; readonly symbols: readonly TradedSymbol[]; readonly notices: readonly string[] }> {
  const context = await loadContext(ports.objects, strategy.contextSources);
  const loaded: SymbolFeatures[] = [];
  for (const [i, symbol] of strategy.symbols.entries()) {
    await report({ currentStep: 'Preparing backtest data', share: 0, itemsProcessed: i, itemsTotal: strategy.symbols.length, currentItem: symbol });
    const features = await loadSymbolFeatures(ports.objects, strategy, symbol, null, context);
    requireTrainedData(features, provenance);
    loaded.push(features);
  }
  // Bars before the range are in the past of its first decision: windows may reach back into them.
  const history = windowLength(strategy.model) - 1;
  const series = loaded.map(({ features }): BacktestSeries => ({ bars: features.bars, warmup: features.warmup + history, ...(features.ended !== undefined && { ended: features.ended }) }));
  const range = backtestRange({ strategy, series, borders });
  const total = range.windows.reduce((sum, window) => sum + window.end - window.firstDecision, 0);
  const notices = loaded.flatMap((symbol, i) => {
    const { firstDecision, close } = range.windows[i]!;
    return priceNotices(symbol, unseen(spanSeen(symbol, firstDecision, history, close), spanTrained(symbol, strategy.trainingRange)));
  });
  const symbols: TradedSymbol[] = [];
  let done = 0;
  for (const [i, { features }] of loaded.entries()) {
    const window = range.windows[i]!;
    await report({
      currentStep: 'Backtesting',
      share: done / total,
      itemsProcessed: done,
      itemsTotal: total,
      currentItem: features.symbol,
      context: { bars: done, total_bars: total },
    });
    symbols.push({ window, ...(await trade(strategy, model, features, window)) });
    done += window.end - window.firstDecision;
  }
  return { range, symbols, notices: [...range.notices, ...notices] };
}

/** What of a span the training has not told of: all that follows, or the whole span where it begins before. */
function unseen(span: Span, trained: Span): Span {
  return span.start < trained.start ? span : { start: Math.max(span.start, trained.end), end: span.end };
}

/** The experiment has one hash a file: the backtest must read what the training read. */
function requireTrainedData({ dataSha256 }: SymbolFeatures, provenance: TrainingArtefact['provenance']): void {
  for (const [key, actual] of Object.entries(dataSha256)) {
    const expected = provenance.data_sha256[key] ?? 'nothing';
    if (actual !== expected) throw fail('BACKTEST_DATA_CHANGED', { key, expected, actual });
  }
}

function requireTrainedModel({ manifest }: Model, provenance: TrainingArtefact['provenance'], location: string): void {
  const { model_sha256: expected } = provenance;
  if (manifest.model_sha256 !== expected) throw fail('MODEL_NOT_OF_RUN', { location, expected, actual: manifest.model_sha256 });
}

async function trade(
  strategy: Strategy,
  model: Model,
  features: SymbolFeatures['features'],
  { firstDecision, end }: BacktestRange['windows'][number],
): Promise<{ readonly job: TradedSymbol['job']; readonly simulation: Simulation }> {
  const width = outputsOf(model.manifest.classes);
  const predicted = await model.predict(packSamples(features, model.manifest.scaling, windowLength(strategy.model), firstDecision, end));
  const outputs = new Float32Array(features.bars.length * width);
  outputs.set(predicted, firstDecision * width);
  const job = { bars: features.bars, outputs, firstDecision, end, decisions: strategy.decisions, execution: strategy.execution };
  return { job, simulation: simulate(job) };
}
