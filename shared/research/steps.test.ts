import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import type { Operation } from '../../memory-schema/operation.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import { sp500Csv } from '../../test/support/sp500.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import { simulate } from '../backtest/simulate.ts';
import { packSamples } from '../dataset/rows.ts';
import { sha256Hex } from '../hash.ts';
import { sliceBars } from '../market-data/bars.ts';
import { serializeBars } from '../market-data/csv.ts';
import { importBars } from '../market-data/import/import-bars.ts';
import { experimentIdOf, experimentKey, runKeys } from '../memory/keys.ts';
import { loadBundle } from '../model/bundle.ts';
import { OnnxSession } from '../onnx/onnx-session.ts';
import { MemoryObjectStore } from '../ports/testing/memory-object-store.ts';
import { MemoryOperationStore } from '../ports/testing/memory-operation-store.ts';
import { requireStrategy } from '../strategy/parse.ts';
import { backtestStep } from './backtest-step.ts';
import { tradesCsv } from './backtest-tables.ts';
import { recordStep } from './record-step.ts';
import type { StepContext } from './step.ts';
import { loadSymbolFeatures } from './symbol-data.ts';
import { trainStep } from './train-step.ts';

const PENDING = pendingOperation(1);
const ID = PENDING.operation_id;
const KEYS = runKeys(ID);
const EXPERIMENT = experimentKey(experimentIdOf(ID));
const DATA = 'market-data/SPX_1d.csv';
const NOW = '2026-01-01T00:00:10.000Z';
const GATES = { training: { min_accuracy: 0 } };
const EPOCHS = 3;
const STEPS = { train: trainStep, backtest: backtestStep } as const;

/** The stores of one run, and what has been written to its operation. */
class Run {
  readonly objects = new MemoryObjectStore();
  readonly seen: Operation[] = [];
  readonly operations = new MemoryOperationStore((_, after) => this.seen.push(after));
  readonly ports = { objects: this.objects, operations: this.operations, now: () => new Date(NOW) };

  async begin(strategy: object | string | Uint8Array = small(), fields: Partial<Operation> = {}): Promise<this> {
    const { bars } = importBars(await sp500Csv(), { symbol: 'SPX', timeframe: '1d', source: 'sp500-2000.csv', timezone: 'UTC' });
    await this.objects.put(DATA, serializeBars(sliceBars(bars, 0, 1_500)));
    await this.objects.put(KEYS.strategy, typeof strategy === 'string' || strategy instanceof Uint8Array ? strategy : JSON.stringify(strategy));
    const { metadata } = PENDING;
    const parameters = { ...metadata.parameters, bypass_gates: true, seed: 7 };
    await this.operations.create({ ...PENDING, metadata: { ...metadata, parameters }, ...fields });
    return this;
  }

  step(name: keyof typeof STEPS, event: unknown = { operation_id: ID }, context: Partial<StepContext> = {}) {
    return STEPS[name](this.ports, event, { ...CONTEXT, ...context });
  }

  record(experiment_status = 'completed', context: Partial<StepContext> = {}) {
    return recordStep(this.ports, { operation_id: ID, experiment_status }, { ...CONTEXT, ...context });
  }

  async text(key: string): Promise<string> {
    const bytes = await this.objects.get(key);
    if (bytes === null) throw new Error(`There is no ${key}.`);
    return new TextDecoder().decode(bytes);
  }

  async json(key: string) {
    return parse(await this.text(key));
  }

  async keys(): Promise<readonly string[]> {
    return (await this.objects.list('memory/')).map(({ key }) => key).sort();
  }

  /** Another run that has come as far as this one. */
  async copy(): Promise<Run> {
    const copy = new Run();
    for (const key of [DATA, ...(await this.keys())]) await copy.objects.put(key, (await this.objects.get(key))!);
    await copy.operations.create((await this.operations.get(ID))!);
    return copy;
  }
}

const CONTEXT: StepContext = { signal: new AbortController().signal, progressIntervalMs: 0, remainingMs: () => 900_000 };

function small(training: object = {}): object {
  return smallStrategy({ training: { epochs: EPOCHS, labels: { source: 'zigzag', zigzag_threshold: 0.03 }, ...training }, gates: GATES });
}

/** Trained on the bars until June 2004, and traded on those after. */
const untilMid2004 = () => ({
  ...small({ epochs: 1 }),
  training_data: { symbols: { mode: 'single', symbol: 'SPX' }, timeframes: { mode: 'single', timeframe: '1d' }, date_range: { start: '2000-01-03', end: '2004-06-30' } },
});

/** Learns enough to trade. */
const ACTIVE = small({ epochs: 20, learning_rate: 0.02 });

async function trainedRun(strategy: object = small()): Promise<Run> {
  const run = await new Run().begin(strategy);
  await run.step('train');
  return run;
}

async function backtestedRun(strategy: object = small()): Promise<Run> {
  const run = await (await trainedRun(strategy)).copy();
  await run.step('backtest');
  return run;
}

// Runs that tests take copies of; what they say and leave is looked at in runs of a test's own.
let aTrained: Promise<Run> | undefined;
let aBacktested: Promise<Run> | undefined;
const trained = { copy: async () => (await (aTrained ??= trainedRun())).copy() };
const backtested = { copy: async () => (await (aBacktested ??= backtestedRun())).copy() };

/** Gates that any training passes. */
const LENIENT = { training: { min_accuracy: 0, max_loss: 1e6, min_loss_decrease: -1e6 } };

/** A run whose gates are heard. */
const judged = (gates: object) => new Run().begin({ ...small(), gates }, { metadata: PENDING.metadata });

const statuses = (seen: readonly Operation[]) =>
  seen.map(({ status, metadata, progress: { percentage, current_step, items_processed, items_total, current_item } }) =>
    [status, metadata.parameters.phase, percentage, current_step, items_processed, items_total, current_item].join(' | '),
  );

describe('the steps of a run', () => {
  test('tell how far they are, each from where the one before it ended', async () => {
    const trained = await trainedRun();
    const backtested = await trained.copy();
    await backtested.step('backtest');
    expect(statuses(trained.seen.slice(1))).toEqual([
      'running | training | 5 | Loading market data | 0 |  | ',
      'running | training | 5 | Preparing training data | 0 | 1 | SPX',
      'running | training | 25 | Epoch 1/3 | 1 | 3 | ',
      'running | training | 45 | Epoch 2/3 | 2 | 3 | ',
      'running | training | 65 | Epoch 3/3 | 3 | 3 | ',
      'running | training | 65 | Storing the model | 3 | 3 | ',
    ]);
    const bars = backtested.seen.at(-1)!.progress.items_total;
    expect(statuses(backtested.seen.slice(1))).toEqual([
      'running | backtesting | 65 | Loading the model | 0 |  | ',
      'running | backtesting | 65 | Preparing backtest data | 0 | 1 | SPX',
      `running | backtesting | 65 | Backtesting | 0 | ${backtested.seen[3]!.progress.items_total} | SPX`,
      `running | backtesting | 90 | Storing the results | ${bars} | ${bars} | `,
    ]);
    expect(bars).toBeGreaterThan(100);
    expect(backtested.seen[3]!.progress.context).toEqual({ bars: 0, total_bars: backtested.seen[3]!.progress.items_total });
    expect(trained.seen.at(-2)!.progress.context).toMatchObject({
      epoch: 3,
      epochs: 3,
      rows: expect.any(Number),
      train_loss: expect.any(Number),
      train_accuracy: expect.any(Number),
      val_loss: expect.any(Number),
      val_accuracy: expect.any(Number),
    });
    expect(trained.seen[1]).toMatchObject({ started_at: NOW });
  });

  test('leave what they made, with hashes of what it was made from', async () => {
    const backtested = await backtestedRun();
    const trained = await trainedRun();
    expect(await trained.keys()).toEqual([KEYS.manifest, KEYS.model, KEYS.strategy, KEYS.training].sort());
    const hash = async (key: string) => sha256Hex((await trained.objects.get(key))!);
    expect((await trained.json(KEYS.training)).provenance).toMatchObject({
      operation_id: ID,
      seed: 7,
      strategy_sha256: await hash(KEYS.strategy),
      model_sha256: await hash(KEYS.model),
      data_sha256: { [DATA]: await hash(DATA) },
      versions: { tocsin: expect.stringMatching(/^\d/), onnxruntime: expect.stringMatching(/^\d/) },
    });
    const { borders, provenance } = await trained.json(KEYS.training);
    const { start, validation, test: tests, end } = provenance.split_borders;
    expect(borders).toEqual([start, validation, tests, end].map((time: string) => Date.parse(time)));
    expect(borders).toEqual([...borders].sort((a: number, b: number) => a - b));
    expect(await backtested.keys()).toEqual(expect.arrayContaining([KEYS.backtest, KEYS.trades, KEYS.equity]));
  });

  test('record one experiment of all of it, and say so on the operation', async () => {
    const run = await backtestedRun();
    expect(await run.record()).toEqual({ experiment_id: experimentIdOf(ID) });
    expect(await run.json(EXPERIMENT)).toMatchObject({
      id: experimentIdOf(ID),
      timestamp: PENDING.created_at,
      status: 'completed',
      training_result: (await run.json(KEYS.training)).result,
      backtest_result: (await run.json(KEYS.backtest)).result,
    });
    const { verdict } = (await run.json(EXPERIMENT)).assessment;
    expect(verdict).toMatch(/^(poor|neutral|promising)$/);
    expect(run.seen.at(-1)).toMatchObject({
      status: 'recording',
      experiment_id: experimentIdOf(ID),
      completed_at: NOW,
      metadata: { parameters: { phase: 'recording' } },
      progress: { percentage: 90, current_step: 'Recording the experiment', steps_completed: 2, items_processed: 0, items_total: 1 },
      result_summary: { success: true, strategy_name: 'small', experiment_id: experimentIdOf(ID), status: 'completed', backtested: true, gate_rejection_reason: null, verdict },
    });
  });

  test('record a rejected training without a backtest', async () => {
    const run = await judged({ training: { min_accuracy: 1 } });
    await run.step('train');
    await run.record('gate_rejected_training');
    expect(await run.json(EXPERIMENT)).toMatchObject({ status: 'gate_rejected_training', backtest_result: null });
    expect(run.seen.at(-1)!.result_summary).toMatchObject({ backtested: false });
  });

  test('record again what they have recorded, byte for byte, and refuse to take the place of anything else', async () => {
    const run = await backtested.copy();
    await run.record();
    const first = await run.objects.get(EXPERIMENT);
    expect(await run.record()).toEqual({ experiment_id: experimentIdOf(ID) });
    expect(await run.objects.get(EXPERIMENT)).toEqual(first);
    for (const other of ['something else', 'a: 1', 'provenance: {}', `provenance: {operation_id: ${ID.replace(/.$/, '9')}}`]) {
      await run.objects.put(EXPERIMENT, other);
      await expect(run.record(), other).rejects.toMatchObject({ code: 'EXPERIMENT_CONFLICT', facts: { key: EXPERIMENT } });
    }
    await run.objects.put(EXPERIMENT, first!);
    await run.objects.put(KEYS.training, (await run.text(KEYS.training)).replace('"notices": []', '"notices": ["another version"]'));
    await expect(run.record()).rejects.toMatchObject({ code: 'EXPERIMENT_DIFFERS', facts: { key: EXPERIMENT, operation_id: ID } });
    // What has taken its place is gone before it can be read.
    await run.objects.delete(EXPERIMENT);
    run.objects.put = async () => 'exists';
    await expect(run.record()).rejects.toMatchObject({ code: 'EXPERIMENT_CONFLICT', facts: { key: EXPERIMENT } });
  });

  test('say whether there is anything to backtest, and what the gate says where it is heard', async () => {
    expect(await (await new Run().begin()).step('train')).toEqual({ gate: { passed: true, reason: 'bypassed' }, signals: true });
    const strict = smallStrategy({ training: { epochs: 1, labels: { source: 'zigzag', zigzag_threshold: 0.03 } }, gates: { training: { min_accuracy: 1 } } });
    const heard = await new Run().begin(strict, { metadata: PENDING.metadata });
    expect(await heard.step('train')).toMatchObject({ gate: { passed: false, reason: expect.stringContaining('accuracy_below_threshold') }, signals: true });
  });
});

test('the steps give back the memory of every model that they load, whether they end well or not', async () => {
  const opened = vi.spyOn(OnnxSession, 'open');
  const closed = vi.spyOn(OnnxSession.prototype, 'close');
  onTestFinished(() => {
    for (const spy of [opened, closed]) spy.mockRestore();
  });
  const run = await (await trainedRun()).copy();
  expect(opened.mock.calls.length).toBeGreaterThan(1);
  expect(closed).toHaveBeenCalledTimes(opened.mock.calls.length);
  await (await run.copy()).step('backtest');
  await run.objects.delete(DATA);
  await expect(run.step('backtest')).rejects.toThrow('DATA_FILE_MISSING');
  expect(closed).toHaveBeenCalledTimes(opened.mock.calls.length);
});

describe('what a training leaves of itself', () => {
  const resultOf = async (strategy: object) => (await (await trainedRun(strategy)).json(KEYS.training)).result;

  test('of a classifier: its classes, its gate, and what it was trained on', async () => {
    const result = await resultOf(small());
    expect(result).toMatchObject({
      test_metrics: { test_accuracy: expect.any(Number), test_loss: expect.any(Number) },
      majority_baseline_accuracy: expect.any(Number),
      absent_classes: [],
      model_info: { architecture: 'mlp 3-8-3', parameters_count: 3 * 8 + 8 + 8 * 3 + 3 },
      data_summary: { symbols: ['SPX'], timeframes: ['1d'], base_timeframe: '1d', feature_count: 3 },
      gate: { passed: true, reason: 'bypassed', checks: [{ name: 'accuracy' }, { name: 'loss' }, { name: 'loss_decrease' }] },
    });
    expect(result.data_summary).not.toHaveProperty('context_sources');
    const { splits, per_symbol, total_samples } = result.data_summary;
    for (const split of ['train', 'validation', 'test']) {
      const { class_counts, rows } = splits[split];
      expect(Object.values<number>(class_counts).reduce((sum, count) => sum + count, 0)).toBe(rows);
    }
    expect(total_samples).toBe(splits.train.rows + splits.validation.rows + splits.test.rows);
    expect(Object.keys(per_symbol[0].left_out)).toEqual(['outside_range', 'warmup', 'not_common', 'purged', 'unresolved']);
  });

  test('of a regression: no classes, and the share of right directions', async () => {
    const regression = smallStrategy({
      training: { epochs: 2, labels: { source: 'forward_return', horizon: 5 } },
      decisions: { output_format: 'regression', cost_model: { round_trip_cost: 0.001, min_edge_multiplier: 1 } },
      gates: GATES,
    });
    expect(await resultOf(regression)).toMatchObject({
      test_metrics: { directional_accuracy: expect.any(Number), directional_baseline: expect.any(Number), test_loss: expect.any(Number) },
      majority_baseline_accuracy: null,
      absent_classes: [],
      model_info: { architecture: 'mlp 3-8-1' },
      data_summary: { splits: { train: { class_counts: null } } },
      gate: { checks: [{ name: 'directional_accuracy' }, { name: 'loss' }] },
    });
  });

  test('of windows: their length, and the rows of each split before its first', async () => {
    const model = { type: 'gru', architecture: { sequence_length: 5, hidden_size: 4 } };
    const result = await resultOf({ ...small({ epochs: 1 }), model });
    expect(result.model_info.architecture).toMatch(/^gru 3-.*-3, windows of 5 rows$/);
    expect(result.data_summary.per_symbol[0].left_out).toHaveProperty('window', 3 * 4);
  });

  test('of a context series: the file, and remarks on the strategy and on how each file was read', async () => {
    const source = 'fred_RATE';
    const key = `market-data/context/${source}.csv`;
    const strategy = {
      ...small({ epochs: 1 }),
      context_data: [{ provider: 'fred', series: ['RATE'] }],
      indicators: { rsi_14: { type: 'rsi', period: 14 }, rate: { type: 'momentum', period: 2, data_source: source }, unused: { type: 'cci', period: 20 } },
      nn_inputs: [
        { fuzzy_set: 'rsi', timeframes: 'all' },
        { raw_indicator: 'rate', timeframes: 'all', normalization: 'zscore' },
      ],
    };
    const run = await new Run().begin(strategy);
    const yields = Array.from({ length: 400 }, (_, i) => `${new Date(Date.UTC(1999, 0, 1 + 7 * i, 21)).toISOString()},${5 + Math.sin(i)}`);
    await run.objects.put(key, ['date,value', ...yields].join('\n'));
    await run.step('train');
    const { result, notices, provenance } = await run.json(KEYS.training);
    expect(result.data_summary.context_sources).toMatchObject([{ source, provider: 'fred', file: key, rows: 400, start: '1999-01-01T21:00:00.000Z' }]);
    expect(provenance.data_sha256).toEqual({ [DATA]: expect.any(String), [key]: sha256Hex((await run.objects.get(key))!) });
    expect(notices).toEqual([expect.stringContaining('indicators.unused'), expect.stringMatching(`^${key}: .*no line end`)]);
    expect(await run.step('backtest')).toEqual({ gate: { passed: true, reason: 'bypassed' } });
  });
});

describe('alarming prices', () => {
  const training_data = (date_range: object) => ({ symbols: { mode: 'single', symbol: 'SPX' }, timeframes: { mode: 'single', timeframe: '1d' }, date_range });
  const leap = (day: string) => `${DATA}: The close changes by ${day}`;

  /** What the experiment says where all prices of bars from `moved` on are a hundred times theirs, and the high of one day is `spike`. */
  async function noticesOf(date_range: object, moved: string, spike?: { readonly day: string; readonly high: number }): Promise<readonly string[]> {
    const run = await new Run().begin({ ...small({ epochs: 1 }), training_data: training_data(date_range) });
    const [header, ...rows] = (await run.text(DATA)).trimEnd().split('\n');
    const changed = rows.map((row) => {
      const [time, open, high, low, close, volume] = row.split(',');
      const prices = [Number(open), spike !== undefined && time!.startsWith(spike.day) ? spike.high : Number(high), Number(low), Number(close)];
      return [time, ...prices.map((price) => (time! < moved ? price : price * 100)), volume].join(',');
    });
    await run.objects.put(DATA, [header, ...changed, ''].join('\n'));
    await run.step('train');
    await run.step('backtest');
    await run.record();
    return (await run.json(EXPERIMENT)).notices;
  }

  test('that the training sees are notices of the experiment, once each, whatever the backtest sees', async () => {
    const spike = { day: '2001-05-15', high: 9_999 };
    expect(await noticesOf({}, '2005-09-01', spike)).toEqual([
      expect.stringMatching(`^${leap('9')}\\d{3}\\.\\d % at 2005-09-01T00:00:00Z`),
      expect.stringContaining(`${DATA}: At 2001-05-15T00:00:00Z the high of 9999 lies far from the closes around it`),
    ]);
  });

  test('that the backtest alone sees are too', async () => {
    expect(await noticesOf({ start: '2000-06-01', end: '2004-12-31' }, '2005-03-01')).toEqual([expect.stringContaining('at 2005-03-01T00:00:00Z')]);
    expect(await noticesOf({ start: '2000-06-01', end: '2004-12-31' }, '2005-01-03')).toEqual([expect.stringContaining('at 2005-01-03T00:00:00Z')]);
  });

  test('before the bars that warm the indicators for the training are none of its concern', async () => {
    expect(await noticesOf({ start: '2001-01-02', end: '2004-12-31' }, '2000-06-01')).toEqual([]);
    expect(await noticesOf({ start: '2001-01-02', end: '2004-12-31' }, '2000-12-20')).toEqual([expect.stringContaining('at 2000-12-20T00:00:00Z')]);
  });
});

describe('what a backtest leaves of itself', () => {
  test('may lack notices, where an earlier version has left it', async () => {
    const run = await backtested.copy();
    const { notices, ...rest } = await run.json(KEYS.backtest);
    expect(notices).toEqual([]);
    await run.objects.put(KEYS.backtest, JSON.stringify(rest));
    await run.record();
    expect((await run.json(EXPERIMENT)).notices).toEqual([]);
  });

  test('has its figures over all bars of its range, for each symbol', async () => {
    const run = await trainedRun();
    expect(await run.step('backtest')).toEqual({ gate: { passed: true, reason: 'bypassed' } });
    const { result } = await run.json(KEYS.backtest);
    const bars = run.seen.at(-1)!.progress.items_total;
    expect(result).toMatchObject({
      metrics: { bars },
      per_symbol: [{ symbol: 'SPX', bars, ruined_at: null }],
      gate: { checks: [{ name: 'win_rate' }, { name: 'max_drawdown' }, { name: 'sharpe' }] },
    });
  });

  test('is of what the model says of each bar at its close', async () => {
    const run = await (await trainedRun(ACTIVE)).copy();
    await run.step('backtest');
    const strategy = requireStrategy(ACTIVE);
    const { features } = await loadSymbolFeatures(run.objects, strategy, 'SPX', null);
    const files = { model: (await run.objects.get(KEYS.model))!, manifest: (await run.objects.get(KEYS.manifest))! };
    const model = await loadBundle(files, { featureIds: features.ids, location: KEYS.prefix });
    const predicted = await model.predict(packSamples(features, model.manifest.scaling, 1, features.warmup, features.bars.length));
    await model.close();
    // An output for every bar, from the first with features on: none may have moved.
    const outputs = Float32Array.from([...new Float32Array(features.warmup * 3), ...predicted]);
    const { per_symbol: [{ start, bars }] } = (await run.json(KEYS.backtest)).result;
    const firstDecision = features.bars.time.indexOf(Date.parse(start));
    const simulation = simulate({ bars: features.bars, outputs, firstDecision, end: firstDecision + bars, decisions: strategy.decisions, execution: strategy.execution });
    expect(simulation.trades.length).toBeGreaterThan(2);
    expect(await run.text(KEYS.trades)).toBe(tradesCsv(simulation.trades));
  });

  test('tells of alarming prices that the training did not see, and the experiment of all', async () => {
    const run = await new Run().begin(untilMid2004());
    // Prices are of another unit from one day on, and of yet another from a later one.
    const leap = (day: string, factor: number) => async () => {
      const scaled = (line: string) => (line < day || line > 'a' ? line : line.split(',').map((cell, i) => (i === 0 || i === 5 ? cell : Number(cell) * factor)).join(','));
      await run.objects.put(DATA, (await run.text(DATA)).split('\n').map(scaled).join('\n'));
    };
    await leap('2002-06-03', 3)();
    await leap('2005-03-01', 4)();
    await run.step('train');
    await run.step('backtest');
    const told = async (key: string) => (await run.json(key)).notices as readonly string[];
    expect(await told(KEYS.training)).toEqual([expect.stringMatching(`^${DATA}: The close changes by 1\\d\\d\\.\\d % at 2002-06-03`)]);
    expect(await told(KEYS.backtest)).toEqual([expect.stringMatching(`^${DATA}: The close changes by [23]\\d\\d\\.\\d % at 2005-03-01`)]);
    await run.record();
    expect((await run.json(EXPERIMENT)).notices).toEqual([...(await told(KEYS.training)), ...(await told(KEYS.backtest))]);
  });

  test('tells where a context source ends it before the bars do', async () => {
    const series = 'market-data/context/fred_RATE.csv';
    const strategy = {
      ...untilMid2004(),
      context_data: [{ provider: 'fred', series: ['RATE'] }],
      indicators: { rate: { type: 'momentum', period: 2, data_source: 'fred_RATE' } },
      nn_inputs: [{ raw_indicator: 'rate', timeframes: 'all', normalization: 'zscore' }],
      fuzzy_sets: {},
    };
    const run = await new Run().begin(strategy);
    const weeks = Array.from({ length: 330 }, (_, i) => `${new Date(Date.UTC(1999, 0, 1 + 7 * i, 21)).toISOString()},${5 + Math.sin(i)}\n`);
    await run.objects.put(series, `date,value\n${weeks.join('')}`);
    await run.step('train');
    await run.step('backtest');
    expect((await run.json(KEYS.training)).notices).toEqual([]);
    expect((await run.json(KEYS.backtest)).notices).toEqual([expect.stringMatching(/^Backtest: SPX is seen until 2005-05-\d\d.* only, though its 1d bars go on until 2005-12-.*fred_RATE/)]);
  });

  test('begins with the first bar whose whole window has features', async () => {
    const [period, length] = [60, 10];
    const windows = {
      ...small({ epochs: 1 }),
      indicators: { rsi_14: { type: 'rsi', period } },
      model: { type: 'gru', architecture: { sequence_length: length, hidden_size: 4 } },
      backtest: { date_range: { start: '2000-01-03', end: '2005-01-01' } },
      training_data: { symbols: { mode: 'single', symbol: 'SPX' }, timeframes: { mode: 'single', timeframe: '1d' }, allow_partial_coverage: true },
    };
    const run = await trainedRun(windows);
    await run.step('backtest');
    const { result } = await run.json(KEYS.backtest);
    const days = (await run.text(DATA)).trimEnd().split('\n').slice(1);
    expect(Date.parse(result.per_symbol[0].start)).toBe(Date.parse(days[period + length - 1]!.slice(0, 20)));
  });

  test('is recorded with the reason where its gate rejects', async () => {
    const run = await judged({ ...LENIENT, backtest: { min_win_rate: 1 } });
    await run.step('train');
    await run.step('backtest');
    await run.record('gate_rejected_backtest');
    expect(await run.json(EXPERIMENT)).toMatchObject({
      status: 'gate_rejected_backtest',
      gate_rejection_reason: 'Backtest gate: win_rate_undefined (no trades)',
      context: { indicators: ['rsi'], timeframe: '1d', symbol: 'SPX', nn_architecture: [8] },
    });
  });

  test('of two symbols tells how far it is by the bars of both', async () => {
    const run = await new Run().begin({ ...smallStrategy({ symbols: ['SPX', 'NDX'], training: { epochs: 1, labels: { source: 'zigzag', zigzag_threshold: 0.03 } }, gates: GATES }) });
    await run.objects.put('market-data/NDX_1d.csv', (await run.objects.get(DATA))!);
    await run.step('train');
    const before = run.seen.length;
    await run.step('backtest');
    const total = 2 * run.seen.at(-1)!.progress.items_total!;
    expect(statuses(run.seen.slice(before + 1, -1))).toEqual([
      'running | backtesting | 65 | Preparing backtest data | 0 | 2 | SPX',
      'running | backtesting | 65 | Preparing backtest data | 1 | 2 | NDX',
      `running | backtesting | 65 | Backtesting | 0 | ${total} | SPX`,
      `running | backtesting | 77.5 | Backtesting | ${total / 2} | ${total} | NDX`,
    ]);
    expect((await run.json(KEYS.training)).provenance.data_sha256).toEqual({ [DATA]: expect.any(String), 'market-data/NDX_1d.csv': expect.any(String) });
  });
});

describe('a step ends loudly, and without results', () => {
  const broken = new Uint8Array([0xff, 0xfe, 0xff]);

  test.each([
    ['is gone', null, 'ARTEFACT_MISSING', {}],
    ['is not UTF-8', broken, 'ARTEFACT_INVALID', { reason: 'it is not UTF-8 text' }],
    ['is no strategy', 'name: 7', 'STRATEGY_INVALID', { strategy: KEYS.strategy }],
  ] as const)('where the strategy %s', async (_, body, code, facts) => {
    for (const step of ['train', 'backtest'] as const) {
      const run = await trained.copy();
      if (body === null) await run.objects.delete(KEYS.strategy);
      else await run.objects.put(KEYS.strategy, body);
      const before = await run.keys();
      await expect(run.step(step)).rejects.toMatchObject({ code, facts });
      expect(await run.keys()).toEqual(before);
    }
  });

  test.each([
    ['is gone', null, 'ARTEFACT_MISSING', { key: KEYS.training }],
    ['is no JSON', '{', 'ARTEFACT_INVALID', { key: KEYS.training, reason: 'it is not JSON' }],
    ['has no result', '{}', 'ARTEFACT_INVALID', { key: KEYS.training, reason: expect.stringContaining('result') }],
  ] as const)('where the training %s', async (_, body, code, facts) => {
    const run = await backtested.copy();
    if (body === null) await run.objects.delete(KEYS.training);
    else await run.objects.put(KEYS.training, body);
    await expect(run.step('backtest')).rejects.toMatchObject({ code, facts: { ...facts, step: 'backtest' } });
    await expect(run.record()).rejects.toMatchObject({ code, facts: { ...facts, step: 'record' } });
    expect(await run.objects.get(EXPERIMENT)).toBeNull();
  });

  test('where the strategy is not the one that was trained', async () => {
    const run = await backtested.copy();
    const other = JSON.stringify(small({ epochs: 4 }));
    const { strategy_sha256: expected } = (await run.json(KEYS.training)).provenance;
    await run.objects.put(KEYS.strategy, other);
    const facts = { key: KEYS.strategy, expected, actual: sha256Hex(other) };
    await expect(run.step('backtest')).rejects.toMatchObject({ code: 'ARTEFACT_CHANGED', facts });
    await expect(run.record()).rejects.toMatchObject({ code: 'ARTEFACT_CHANGED', facts });
  });

  test('where the backtest is gone', async () => {
    await expect((await trained.copy()).record()).rejects.toMatchObject({ code: 'ARTEFACT_MISSING', facts: { key: KEYS.backtest, step: 'record' } });
  });

  test('where what is known makes no experiment', async () => {
    const run = await new Run().begin(small(), { status: 'running', created_at: 'yesterday' });
    const whole = await backtested.copy();
    for (const key of await whole.keys()) await run.objects.put(key, (await whole.objects.get(key))!);
    await expect(run.record()).rejects.toMatchObject({ code: 'ARTEFACT_INVALID', facts: { key: EXPERIMENT, step: 'record' } });
    expect(await run.objects.get(EXPERIMENT)).toBeNull();
  });

  test("where the model is another run's", async () => {
    const run = await trained.copy();
    const other = await new Run().begin(small({ epochs: 1 }));
    await other.step('train');
    for (const key of [KEYS.model, KEYS.manifest]) await run.objects.put(key, (await other.objects.get(key))!);
    await expect(run.step('backtest')).rejects.toMatchObject({ code: 'MODEL_NOT_OF_RUN', facts: { location: KEYS.prefix } });
  });

  test("where an artefact is another run's", async () => {
    const other = ID.replace(/.$/, '9');
    const run = await backtested.copy();
    const [training, backtest] = [await run.text(KEYS.training), await run.text(KEYS.backtest)];
    const { model_sha256 } = (await run.json(KEYS.training)).provenance;
    const foreign = (key: string, step: string, facts: object = {}) => ({ code: 'ARTEFACT_OF_ANOTHER_RUN', facts: { key, step, operation_id: other, model_sha256, ...facts } });

    await run.objects.put(KEYS.backtest, backtest.replace(ID, other));
    await expect(run.record()).rejects.toMatchObject(foreign(KEYS.backtest, 'record'));
    const model = '0'.repeat(64);
    await run.objects.put(KEYS.backtest, backtest.replace(model_sha256, model));
    await expect(run.record()).rejects.toMatchObject(foreign(KEYS.backtest, 'record', { operation_id: ID, model_sha256: model }));
    await run.objects.put(KEYS.backtest, backtest);
    await run.objects.put(KEYS.training, training.replace(ID, other));
    await expect(run.step('backtest')).rejects.toMatchObject(foreign(KEYS.training, 'backtest'));
    await expect(run.record()).rejects.toMatchObject(foreign(KEYS.training, 'record'));
    await run.objects.put(KEYS.training, training);
    expect(await run.record()).toEqual({ experiment_id: experimentIdOf(ID) });
  });

  test.each([
    ['completed', 'training', 'gate_rejected_training'],
    ['completed', 'backtest', 'gate_rejected_backtest'],
    ['gate_rejected_training', null, 'completed'],
    ['gate_rejected_backtest', null, 'completed'],
    ['gate_rejected_backtest', 'training', 'gate_rejected_training'],
  ] as const)('where they are told %s, and the %s gate says otherwise', async (told, rejecting, found) => {
    const run = await backtested.copy();
    if (rejecting !== null) {
      const text = await run.text(KEYS[rejecting]);
      const at = text.lastIndexOf('"gate": {');
      await run.objects.put(KEYS[rejecting], text.slice(0, at) + text.slice(at).replace('"passed": true', '"passed": false'));
    }
    await expect(run.record(told)).rejects.toMatchObject({ name: 'StorageError', code: 'OUTCOME_CONTRADICTED', facts: { location: KEYS.prefix, told, found } });
    expect(await run.objects.get(EXPERIMENT)).toBeNull();
  });

  test('where the data is not what was trained on', async () => {
    const run = await trained.copy();
    const data = await run.text(DATA);
    await run.objects.put(DATA, data.slice(0, data.lastIndexOf('\n', data.length - 2) + 1));
    await expect(run.step('backtest')).rejects.toMatchObject({ name: 'BacktestDataError', code: 'BACKTEST_DATA_CHANGED', facts: { key: DATA } });
  });

  test('where a file was not among those that were trained on', async () => {
    const run = await trained.copy();
    const { [DATA]: actual } = (await run.json(KEYS.training)).provenance.data_sha256;
    await run.objects.put(KEYS.training, (await run.text(KEYS.training)).replace(DATA, 'market-data/OTHER_1d.csv'));
    await expect(run.step('backtest')).rejects.toMatchObject({ code: 'BACKTEST_DATA_CHANGED', facts: { key: DATA, expected: 'nothing', actual } });
  });

  test('where the data is gone, as the data error of the step', async () => {
    const run = await new Run().begin();
    await run.objects.delete(DATA);
    await expect(run.step('train')).rejects.toMatchObject({ name: 'TrainingDataError', code: 'DATA_FILE_MISSING' });
    const later = await trained.copy();
    await later.objects.delete(DATA);
    await expect(later.step('backtest')).rejects.toMatchObject({ name: 'BacktestDataError', code: 'DATA_FILE_MISSING' });
  });

  test.each(['cancelled', 'failed', 'completed', 'recording'] as const)('where the operation is %s', async (status) => {
    const run = await backtested.copy();
    await run.operations.update(ID, ['running'], { status });
    const before = await run.keys();
    for (const step of ['train', 'backtest'] as const) {
      await expect(run.step(step)).rejects.toMatchObject({ name: 'OperationSettledError', code: 'OPERATION_SETTLED', facts: { operation_id: ID, status, step } });
    }
    expect(await run.keys()).toEqual(before);
  });

  test.each(['cancelled', 'failed', 'completed'] as const)('where the operation is %s before it is recorded', async (status) => {
    const run = await backtested.copy();
    await run.operations.update(ID, ['running'], { status });
    await expect(run.record()).rejects.toMatchObject({ name: 'OperationSettledError', code: 'OPERATION_SETTLED', facts: { status, step: 'record' } });
    expect(await run.objects.get(EXPERIMENT)).toBeNull();
  });

  test('where a backtest is asked for before there was a training', async () => {
    await expect((await new Run().begin()).step('backtest')).rejects.toMatchObject({ code: 'OPERATION_SETTLED', facts: { status: 'pending' } });
  });

  test('where there is no operation', async () => {
    const facts = { status: 'unknown' };
    await expect(new Run().step('train')).rejects.toMatchObject({ code: 'OPERATION_SETTLED', facts });
    await expect(new Run().step('backtest')).rejects.toMatchObject({ code: 'OPERATION_SETTLED', facts });
    await expect(new Run().record()).rejects.toMatchObject({ code: 'OPERATION_SETTLED', facts: { ...facts, step: 'record' } });
  });

  test.each(['train', 'backtest'] as const)('where the operation is cancelled while %s is at work', async (step) => {
    const run = step === 'train' ? await new Run().begin() : await trained.copy();
    const before = await run.keys();
    const settle = run.operations.update.bind(run.operations);
    run.operations.update = async (id, from, change) => {
      if (change.progress?.current_step.startsWith('Storing')) await settle(id, ['running'], { status: 'cancelled' });
      return settle(id, from, change);
    };
    await expect(run.step(step)).rejects.toMatchObject({ code: 'OPERATION_SETTLED', facts: { status: 'cancelled', step } });
    expect(await run.keys()).toEqual(before);
  });

  test('where it is stopped', async () => {
    const stopped = { signal: AbortSignal.abort(new Error('stopped')) };
    await expect((await new Run().begin()).step('train', undefined, stopped)).rejects.toThrow('stopped');
    await expect((await trained.copy()).step('backtest', undefined, stopped)).rejects.toThrow('stopped');
    const run = await backtested.copy();
    await expect(run.record('completed', stopped)).rejects.toThrow('stopped');
    expect(run.seen).toHaveLength(1);
  });

  test.each([
    ['nothing', null, 'input: '],
    ['no id', {}, 'operation_id: '],
    ['an id of another form', { operation_id: 'x' }, 'operation_id: '],
    ['more than it takes', { operation_id: ID, other: 1 }, 'other'],
  ])('where it is given %s', async (_, event, reason) => {
    const expected = { name: 'StorageError', code: 'STEP_INPUT_INVALID', facts: { reason: expect.stringContaining(reason) } };
    const run = new Run();
    const of = (step: string) => ({ ...expected, facts: { ...expected.facts, step } });
    await expect(run.step('train', event)).rejects.toMatchObject(of('train'));
    await expect(run.step('backtest', event)).rejects.toMatchObject(of('backtest'));
    await expect(recordStep(run.ports, { experiment_status: 'completed', ...event }, CONTEXT)).rejects.toMatchObject({ code: 'STEP_INPUT_INVALID', facts: { step: 'record' } });
  });

  test('where a backtest is asked for of a model that gives no signals, whose training is recorded alone', async () => {
    const run = await new Run().begin(small({ labels: { source: 'context', horizon: 10, bullish_threshold: 0.01, bearish_threshold: -0.01 } }));
    expect(await run.step('train')).toMatchObject({ signals: false });
    await expect(run.step('backtest')).rejects.toThrow('A model of context labels gives no signals that could be backtested.');
    await run.record();
    expect(await run.json(EXPERIMENT)).toMatchObject({ status: 'completed', backtest_result: null });
    expect(run.seen.at(-1)!.result_summary).toMatchObject({ backtested: false });
  });
});
