import { GetFunctionConfigurationCommand, type LambdaClient, UpdateFunctionConfigurationCommand, waitUntilFunctionUpdatedV2 } from '@aws-sdk/client-lambda';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runKeys } from '../../shared/memory/keys.ts';
import { smallStrategy } from '../support/strategies.ts';
import { call, entered, executionEnded, executionHistory, lacks, lambda, objects, operations, settled, shown, target, trigger, why } from './cloud.ts';
import { pauseBefore, useDefinition } from './definition.ts';
import { expectNoExperiment } from './experiments.ts';
import { dailyKey, sp500Bars, uploadSp500 } from './market.ts';

/** Long enough to see that an execution has come to it and to change what the next state finds. */
const PAUSE_SECONDS = 8;

interface Failure {
  readonly type: string;
  readonly code: string | null;
  readonly step: string;
  readonly words: readonly string[];
}

/** Asserts that the operation failed as told, in the API as in the execution, by way of the recorder, and left no experiment. */
async function expectFailure(operationId: string, { type, code, step, words }: Failure): Promise<void> {
  const operation = await settled(operationId);
  expect(operation).toMatchObject({ status: 'failed', error_type: type, error_code: code, failed_step: step });
  for (const word of words) expect(operation.error_message).toContain(word);

  const { status, error, cause } = await executionEnded(operationId);
  expect({ status, error }).toEqual({ status: 'FAILED', error: type });
  expect(JSON.parse(cause!)).toMatchObject({ errorType: type, errorMessage: operation.error_message });
  const entered = (await executionHistory(operationId)).flatMap(({ stateEnteredEventDetails: state }) => state?.name ?? []);
  expect(entered.slice(-2)).toEqual(['RecordFailure', 'Failed']);
  await expectNoExperiment(operationId);
}

async function replaceIn(key: string, from: string, to: string): Promise<void> {
  const text = Buffer.from((await objects.get(key))!).toString();
  if (!text.includes(from)) throw new Error(`${key} holds no ${from}.`);
  await objects.put(key, text.replace(from, to));
}

const NAMED_ERRORS = ['errorNames', 'failPaths'] as const;

describe('data that cannot be trained on is a TrainingDataError', () => {
  test.skipIf(lacks(...NAMED_ERRORS))(`${why(...NAMED_ERRORS)}a CSV that is cut in the middle of a line: it names file and line`, async () => {
    const csv = await sp500Bars('CUT');
    await objects.put(dailyKey('CUT'), csv.slice(0, -30));
    const id = await trigger(smallStrategy({ symbols: ['CUT'] }));
    await expectFailure(id, { type: 'TrainingDataError', code: 'DATA_FIELD_COUNT', step: 'train', words: ['market-data/CUT_1d.csv', 'line 5106'] });
  });

  test.skipIf(lacks(...NAMED_ERRORS))(`${why(...NAMED_ERRORS)}symbols without common time: it names symbols and ranges`, async () => {
    await uploadSp500('EARLY', 0, 1500);
    await uploadSp500('LATE', 3000);
    const id = await trigger(smallStrategy({ symbols: ['EARLY', 'LATE'] }));
    const words = ['EARLY', 'LATE', '2000-01', '2005-12', '2011-12', '2020-04'];
    await expectFailure(id, { type: 'TrainingDataError', code: 'TRAINING_SYMBOLS_DO_NOT_OVERLAP', step: 'train', words });
  });
});

describe.concurrent('what changes between the steps', () => {
  useDefinition((definition) => {
    for (const state of ['Train', 'Backtest', 'Record']) pauseBefore(state, PAUSE_SECONDS)(definition);
  });

  /** Starts a research on data of its own, and tampers when the execution is about to enter the state. */
  async function tampered(symbol: string, state: string, tamper: (operationId: string) => Promise<unknown>): Promise<string> {
    await uploadSp500(symbol);
    const id = await trigger(smallStrategy({ symbols: [symbol] }));
    await entered(id, `PauseBefore${state}`);
    await tamper(id);
    return id;
  }

  test.skipIf(lacks(...NAMED_ERRORS))(`${why(...NAMED_ERRORS)}market data that is gone is a BacktestDataError`, async () => {
    const id = await tampered('GONE', 'Backtest', () => objects.delete(dailyKey('GONE')));
    await expectFailure(id, { type: 'BacktestDataError', code: 'DATA_FILE_MISSING', step: 'backtest', words: ['market-data/GONE_1d.csv'] });
  });

  test.skipIf(lacks(...NAMED_ERRORS))(`${why(...NAMED_ERRORS)}market data that is not what was trained on is a BacktestDataError`, async () => {
    const id = await tampered('CHANGED', 'Backtest', () => uploadSp500('CHANGED', 0, 5000));
    await expectFailure(id, { type: 'BacktestDataError', code: 'BACKTEST_DATA_CHANGED', step: 'backtest', words: ['market-data/CHANGED_1d.csv', 'SHA-256'] });
  });

  test.skipIf(lacks(...NAMED_ERRORS))(`${why(...NAMED_ERRORS)}a model that was overwritten is a ModelLoadError`, async () => {
    const id = await tampered('MODEL', 'Backtest', (operationId) => objects.put(runKeys(operationId).model, 'no model'));
    await expectFailure(id, { type: 'ModelLoadError', code: 'MODEL_HASH_MISMATCH', step: 'backtest', words: ['runs/'] });
  });

  test.skipIf(lacks(...NAMED_ERRORS))(`${why(...NAMED_ERRORS)}an artefact that is gone is a StorageError`, async () => {
    const id = await tampered('ARTEFACT', 'Record', (operationId) => objects.delete(runKeys(operationId).training));
    await expectFailure(id, { type: 'StorageError', code: 'ARTEFACT_MISSING', step: 'record', words: ['training.json'] });
  });

  test.skipIf(lacks(...NAMED_ERRORS))(`${why(...NAMED_ERRORS)}a copy of the strategy that cannot be read any more is a StrategyError`, async () => {
    const id = await tampered('STRATEGY', 'Train', (operationId) => replaceIn(runKeys(operationId).strategy, 'rsi', 'no_such_indicator'));
    await expectFailure(id, { type: 'StrategyError', code: 'STRATEGY_INVALID', step: 'train', words: ['strategy.yaml'] });
  });

  test.skipIf(lacks(...NAMED_ERRORS))(`${why(...NAMED_ERRORS)}an operation that someone else has settled stays so: OperationSettledError, nothing recorded`, async () => {
    const id = await tampered('SETTLED', 'Backtest', (operationId) =>
      operations.update(operationId, ['running'], { status: 'cancelled', completed_at: new Date().toISOString(), error_cause: 'by another' }),
    );
    expect(await executionEnded(id)).toMatchObject({ status: 'FAILED', error: 'OperationSettledError' });
    expect(await shown(id)).toMatchObject({ status: 'cancelled', error_message: 'by another' });
    await expectNoExperiment(id);
  });
});

describe('a step that cannot start', () => {
  test.skipIf(lacks(...NAMED_ERRORS, 'initErrors'))(`${why(...NAMED_ERRORS, 'initErrors')}without its settings is a PipelineError that names them`, async () => {
    await uploadSp500('SPX');
    await withoutSetting(lambda, `tocsin-${target.stage}-record`, 'BUCKET_NAME');
    const id = await trigger(smallStrategy());
    await expectFailure(id, { type: 'PipelineError', code: 'ENVIRONMENT_INVALID', step: 'record', words: ['BUCKET_NAME'] });
  });

  /** Takes a variable from a function for the length of a test. */
  async function withoutSetting(client: LambdaClient, FunctionName: string, variable: string): Promise<void> {
    const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const update = async (Variables: Record<string, string>) => {
      await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
      await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 60 }, { FunctionName });
    };
    const { [variable]: taken, ...left } = Environment!.Variables!;
    if (taken === undefined) throw new Error(`${FunctionName} has no ${variable}.`);
    onTestFinished(() => update(Environment!.Variables!));
    await update(left);
  }
});

test('a strategy that cannot be run is refused at once, and nothing is started', async () => {
  const before = (await call('GET', '/operations?limit=1')).body.total_count;
  const { status, body } = await call('POST', '/agent/trigger', { json: { strategy: smallStrategy({ training: { epochs: -1 } }) } });
  expect([status, body.error.code]).toEqual([422, 'STRATEGY_INVALID']);
  expect((await call('GET', '/operations?limit=1')).body.total_count).toBe(before);
});
