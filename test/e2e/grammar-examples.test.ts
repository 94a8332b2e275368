import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { sliceBars } from '../../shared/market-data/bars.ts';
import { parseBars, serializeBars } from '../../shared/market-data/csv.ts';
import { barsFileName } from '../../shared/market-data/file-name.ts';
import { aggregateBars } from '../../shared/market-data/synthetic/aggregate.ts';
import { syntheticMarket } from '../../shared/market-data/synthetic/synthetic-market.ts';
import { requireStrategy } from '../../shared/strategy/parse.ts';
import { describeWithRealData } from '../real-data.ts';
import { type Bench, startBench } from '../support/research-bench.ts';

const FOLDER = join(import.meta.dirname, '../../examples/grammar');
const EXAMPLES = readdirSync(FOLDER).map((file) => basename(file, '.yaml'));

/** All of them in one runtime: ten seconds, more where other work takes the processors. */
const TIMEOUT_MS = 240_000;

/** Five-minute bars given to a test: about half a year. */
const FINEST_BARS = 36_000;

interface Example {
  readonly training_data: { readonly timeframes: { readonly list?: readonly string[] } };
}

/** The text of an example. */
function example(name: string): string {
  return readFileSync(join(FOLDER, `${name}.yaml`), 'utf8');
}

/** The example on whatever bars there are: without its date ranges, and with one epoch. */
function onAnyData(name: string, sections: object = {}): object {
  const { training_data, backtest: _backtest, ...rest } = parse(example(name).replaceAll(/epochs: \d+/g, 'epochs: 1')) as Example & { readonly backtest?: object };
  const anyTime = Object.fromEntries(Object.entries(training_data).filter(([key]) => !/date/.test(key)));
  return { ...rest, training_data: { ...anyTime, ...sections } };
}

/** Runs the whole cycle, which must end with an experiment: completed, or rejected by a gate for a reason in figures. */
async function expectExperiment(bench: Bench, name: string, strategy: object | string): Promise<void> {
  const operation = await bench.research(strategy);
  expect(operation, `${name}: ${String(operation.error_cause)}`).toMatchObject({ status: 'completed' });
  const experiment = await bench.experiment(operation);
  expect(experiment.training_result.training_metrics.history.val_loss.every(Number.isFinite)).toBe(true);
  const { status, gate_rejection_reason: reason } = experiment;
  expect(`${status}: ${String(reason)}`).toMatch(/^completed: null$|^gate_rejected_\w+: (?:Training|Backtest) gate: \w+ \(.*\d.*\)$|_undefined \(.+\)$/);
}

/** Writes the bars that a strategy reads, from the texts of files. */
async function writeBars(bench: Bench, strategy: object | string, textOf: (file: string) => string | Promise<string>): Promise<void> {
  const { symbols, timeframes } = requireStrategy(strategy);
  const files = symbols.flatMap((symbol) => timeframes.map((timeframe) => barsFileName(symbol, timeframe)));
  for (const file of files) await writeFile(join(bench.data, file), await textOf(file));
}

describe('every kind of strategy, on a synthetic market', () => {
  const files = new Map<string, string>();

  beforeAll(() => {
    const market = syntheticMarket({ seed: 1, start: Date.UTC(2020, 0, 1), days: 560 });
    const fourHours = market.filter(({ timeframe }) => timeframe === '1h').map((bars) => aggregateBars(bars, '4h'));
    for (const bars of [...market, ...fourHours]) {
      if (bars.timeframe === '5m' && bars.symbol !== 'EURUSD') continue;
      const given = bars.timeframe === '5m' ? sliceBars(bars, 0, FINEST_BARS) : bars;
      files.set(barsFileName(bars.symbol, bars.timeframe), serializeBars(given));
    }
  });

  test('runs to the end', async () => {
    const bench = await startBench();
    for (const [file, text] of files) await writeFile(join(bench.data, file), text);
    for (const name of EXAMPLES) {
      // Its days are more than that market has.
      const sections = name === 'context-classes' ? { symbols: { mode: 'single', symbol: 'SPX' } } : {};
      await expectExperiment(bench, name, onAnyData(name, sections));
    }
  }, TIMEOUT_MS);
});

describeWithRealData('every kind of strategy, as it stands, on real FX data', (folder) => {
  const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
  /** There are no bars of four hours; they are made of hours. */
  const textOf = async (file: string): Promise<string> => {
    const [symbol, rest] = file.split('_') as [string, string];
    if (rest !== '4h.csv') return read(file);
    const hours = parseBars(new TextEncoder().encode(await read(`${symbol}_1h.csv`)), { symbol, timeframe: '1h', source: file });
    return serializeBars(aggregateBars(hours, '4h'));
  };

  test.each(EXAMPLES)('%s runs to the end', async (name) => {
    const bench = await startBench();
    // The five-minute bars are two weeks, too few hours to learn from: there they are the base.
    const { training_data: { timeframes } } = parse(example(name)) as Example;
    const strategy = timeframes.list?.includes('5m') ? example(name).replace('base_timeframe: 1h', 'base_timeframe: 5m') : example(name);
    await writeBars(bench, strategy, textOf);
    await expectExperiment(bench, name, strategy);
  });
});
