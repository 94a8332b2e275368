import type { StepHandler } from '../../functions/step-handler.ts';
import { checkedStepOutput } from '../../functions/step-output.ts';
import type { StepFunction } from '../../functions/step-functions.ts';
import { syntheticBars, syntheticJob } from '../../shared/backtest/testing/synthetic-job.ts';
import { simulate } from '../../shared/backtest/simulate.ts';
import { fail } from '../../shared/errors/index.ts';
import { sha256Hex } from '../../shared/hash.ts';
import { runKeys } from '../../shared/memory/keys.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { backtestArtefactSchema, readJsonArtefact, readTextArtefact, trainingArtefactSchema, writeJsonArtefact } from '../../shared/research/artefacts.ts';
import { backtestResult } from '../../shared/research/backtest-result.ts';
import { recordStep } from '../../shared/research/record-step.ts';
import { moveOperation, operationInputSchema, operationOf, parseStepInput, progressOf, progressReporter, type StepName } from '../../shared/research/step.ts';
import { requireStrategy } from '../../shared/strategy/parse.ts';
import { experimentOf } from '../support/experiments.ts';
import { smallStrategy } from '../support/strategies.ts';

/** What happens to a research if nothing befalls it from outside; a trigger's brief says which. */
export const SCRIPTS = ['passes', 'training rejected', 'backtest rejected', 'bad data', 'a bug'] as const;
export type Script = (typeof SCRIPTS)[number];

/** The script that a brief names last. */
export function scriptOf(brief: string | null): Script {
  const script = SCRIPTS.find((script) => brief?.endsWith(script));
  if (script === undefined) throw new Error(`The brief ${brief} names no script.`);
  return script;
}

/** Steps by function, over the ports of an invocation. */
export type Steps = Readonly<Record<StepFunction, (ports: Ports) => StepHandler>>;

/**
 * The real record step, and stand-ins for train and backtest: they say to the stores what the real ones say, in the same order, but compute
 * nothing. `steps.test.ts` holds them against the real ones.
 */
export const STEPS: Steps = {
  train: (ports) => checked('train', (event, context) => standInTrain(ports, event, context)),
  backtest: (ports) => checked('backtest', (event, context) => standInBacktest(ports, event, context)),
  record: (ports) => checked('record', (event, context) => recordStep(ports, event, context)),
};

/** As every host checks outputs. */
function checked(step: StepName, handler: StepHandler): StepHandler {
  return async (event, context) => checkedStepOutput(step, await handler(event, context)) as object;
}

const MODEL = new Uint8Array([1, 2, 3]);
const BACKTEST = backtest();

async function standInTrain(ports: Ports, event: unknown, context: Parameters<StepHandler>[1]): Promise<object> {
  const { operation_id: operationId } = parseStepInput('train', operationInputSchema, event);
  const keys = runKeys(operationId);
  await moveOperation(ports, 'train', operationId, ['pending', 'running'], {
    status: 'running',
    phase: 'training',
    started_at: ports.now().toISOString(),
    progress: progressOf('train', { currentStep: 'Loading market data', share: 0, itemsProcessed: 0, itemsTotal: null }),
  });
  const report = progressReporter(ports, 'train', operationId, context);
  const { metadata } = await operationOf(ports, 'train', operationId);
  const script = scriptOf(metadata.parameters.brief);
  const strategy = await readTextArtefact(ports.objects, 'train', keys.strategy);
  await report({ currentStep: 'Preparing training data', share: 0, itemsProcessed: 0, itemsTotal: 1 });
  if (script === 'bad data') throw fail('TRAINING_TOO_FEW_CLASSES', { source: 'zigzag', counts: { buy: 7 } });
  await report({ currentStep: 'Epoch 1/1', share: 1, itemsProcessed: 1, itemsTotal: 1 });
  await moveOperation(ports, 'train', operationId, ['running'], {
    progress: progressOf('train', { currentStep: 'Storing the model', share: 1, itemsProcessed: 1, itemsTotal: 1 }),
  });
  await ports.objects.put(keys.model, MODEL);
  await ports.objects.put(keys.manifest, '{}');
  const { training_result: result, provenance } = experimentOf(operationId);
  const gate = { ...result.gate, passed: script !== 'training rejected' };
  await writeJsonArtefact(ports.objects, 'train', keys.training, trainingArtefactSchema, {
    result: { ...result, gate },
    provenance: { ...provenance, strategy_sha256: sha256Hex(strategy) },
    borders: [0, 1, 2, 3],
    notices: [],
  });
  return { gate: { passed: gate.passed, reason: gate.reason }, signals: true };
}

async function standInBacktest(ports: Ports, event: unknown, context: Parameters<StepHandler>[1]): Promise<object> {
  const { operation_id: operationId } = parseStepInput('backtest', operationInputSchema, event);
  const keys = runKeys(operationId);
  await moveOperation(ports, 'backtest', operationId, ['running'], {
    phase: 'backtesting',
    progress: progressOf('backtest', { currentStep: 'Loading the model', share: 0, itemsProcessed: 0, itemsTotal: null }),
  });
  const report = progressReporter(ports, 'backtest', operationId, context);
  const { metadata } = await operationOf(ports, 'backtest', operationId);
  const script = scriptOf(metadata.parameters.brief);
  await readTextArtefact(ports.objects, 'backtest', keys.strategy);
  const training = await readJsonArtefact(ports.objects, 'backtest', keys.training, trainingArtefactSchema);
  for (const key of [keys.model, keys.manifest]) {
    if ((await ports.objects.get(key)) === null) throw fail('ARTEFACT_MISSING', { key, step: 'backtest' });
  }
  await report({ currentStep: 'Backtesting', share: 0, itemsProcessed: 0, itemsTotal: 4 });
  if (script === 'a bug') throw new TypeError('cannot read the tea leaves');
  await moveOperation(ports, 'backtest', operationId, ['running'], {
    progress: progressOf('backtest', { currentStep: 'Storing the results', share: 1, itemsProcessed: 4, itemsTotal: 4 }),
  });
  await ports.objects.put(keys.trades, 'a');
  await ports.objects.put(keys.equity, 'a');
  const gate = { ...BACKTEST.gate, passed: script !== 'backtest rejected' };
  await writeJsonArtefact(ports.objects, 'backtest', keys.backtest, backtestArtefactSchema, {
    operation_id: operationId,
    model_sha256: training.provenance.model_sha256,
    result: { ...BACKTEST, gate },
  });
  return { gate: { passed: gate.passed, reason: gate.reason } };
}

function backtest() {
  const closes = [100, 100, 110, 130];
  const bars = syntheticBars(closes.length, closes, 'SPX');
  const job = syntheticJob(bars, [1]);
  const window = { symbol: 'SPX', firstDecision: 0, end: closes.length, start: bars.time[0]!, close: bars.time.at(-1)! + 3_600_000, inSample: 0 };
  const symbols = [{ window, job, simulation: simulate(job) }];
  return backtestResult(requireStrategy(smallStrategy()), { range: { rule: 'test_split', windows: [], inSample: 0 }, symbols }, false).result;
}
