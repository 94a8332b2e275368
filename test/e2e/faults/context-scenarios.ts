import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bars } from '../../../shared/market-data/bars.ts';
import { serializeBars } from '../../../shared/market-data/csv.ts';
import type { FaultBench } from './fault-bench.ts';
import { BARS, market, strategy } from './market.ts';
import type { RunScenario } from './scenario.ts';

type Fault = Pick<RunScenario, 'code' | 'title' | 'facts' | 'break'> & Partial<RunScenario>;

const FILE = 'market-data/context/fred_RATE.csv';
const DAY = 86_400_000;
const dayOf = (n: number) => new Date(Date.UTC(2020, 0, 1) + n * DAY).toISOString().slice(0, 10);
const line = (n: number, value: number | string = 2 + Math.sin(n / 20)) => `${dayOf(n)}T00:00:00Z,${value}`;
const days = Array.from({ length: BARS + 1 }, (_, n) => n);

const contextFile = (name: string, content: string) => async (bench: FaultBench) => {
  await mkdir(join(bench.data, 'context'), { recursive: true });
  await writeFile(join(bench.data, 'context', name), content);
};
const rates = (lines: readonly string[], header = 'published_at,value') => contextFile('fred_RATE.csv', `${[header, ...lines].join('\n')}\n`);
const sisterBars = (bars: Bars) => contextFile('SISTER.csv', serializeBars(bars));
const sound = rates(days.map((n) => line(n)));

const raw = (indicator: string, normalization: string) => ({ raw_indicator: indicator, normalization, timeframes: 'all' });
const onRates = (trend: object = { type: 'momentum', period: 5 }, data: object = {}) => {
  const made = strategy({
    indicators: { rsi_14: { type: 'rsi', period: 14 }, trend: { ...trend, data_source: 'fred_RATE' } },
    inputs: [raw('rsi_14', 'minmax'), raw('trend', 'zscore')],
  }) as { readonly training_data: object };
  return { ...made, training_data: { ...made.training_data, ...data }, context_data: [{ provider: 'fred', series: 'RATE', frequency: 'daily' }] };
};
const onSister = {
  ...strategy({ indicators: { flow: { type: 'mfi', period: 14, data_source: 'SISTER' } }, inputs: [raw('flow', 'minmax')] }),
  context_data: [{ provider: 'ib', symbol: 'SISTER', timeframe: '1d' }],
};
const range = (from: number, to: number) => ({ date_range: { start: dayOf(from), end: dayOf(to) } });

const found = (fault: Fault): RunScenario => ({ type: 'TrainingDataError', step: 'train', strategy: onRates(), mend: sound, ...fault });

/** Context files that are missing, damaged, or of another time than the bars. */
export const CONTEXT_SCENARIOS: readonly RunScenario[] = [
  found({ code: 'CONTEXT_FILE_MISSING', title: 'a context file that is not there', facts: ['fred_RATE', 'fred', FILE], break: () => {} }),
  found({ code: 'CONTEXT_COLUMN_MISSING', title: 'a context file whose values have another name', facts: [FILE, 'yield'], break: rates(days.map((n) => line(n)), 'published_at,yield') }),
  found({ code: 'CONTEXT_VALUE_INVALID', title: 'a dot for a day without a value', facts: [FILE, 'line 102', '"."'], break: rates(days.map((n) => line(n, n === 100 ? '.' : 2))) }),
  found({ code: 'CONTEXT_TIME_REPEATED', title: 'a value that was published twice', facts: [FILE, 'line 102', dayOf(99)], break: rates(days.map((n) => line(n === 100 ? 99 : n))) }),
  found({ code: 'CONTEXT_TIME_UNSORTED', title: 'a clock that was set back while values were written', facts: [FILE, 'line 102', dayOf(50), dayOf(99)], break: rates(days.map((n) => line(n === 100 ? 50 : n))) }),
  found({
    code: 'CONTEXT_NOT_COVERED',
    title: 'values that end before the range does',
    facts: ['fred_RATE', 'the end', dayOf(300)],
    strategy: onRates(undefined, range(0, BARS)),
    break: rates(days.slice(0, 301).map((n) => line(n))),
  }),
  found({ code: 'CONTEXT_DOES_NOT_OVERLAP', title: 'values of another time than the bars', facts: ['fred_RATE', 'WAVE', dayOf(2000)], break: rates(days.map((n) => line(n + 2000))) }),
  found({ code: 'CONTEXT_STALE', title: 'two months without a value', facts: ['fred_RATE', 'WAVE', dayOf(199)], break: rates(days.filter((n) => n < 200 || n > 260).map((n) => line(n))) }),
  found({
    code: 'CONTEXT_WARMUP_TOO_LONG',
    title: 'fewer values than an indicator needs',
    facts: ['fred_RATE', 'trend', '61'],
    strategy: onRates({ type: 'momentum', period: 60 }),
    break: rates(days.filter((n) => n % 9 === 0).map((n) => line(n))),
  }),
  found({
    code: 'CONTEXT_VOLUME_ALL_ZERO',
    title: 'bars of a sister market without volumes under an indicator that needs them',
    facts: ['SISTER', 'flow', String(BARS)],
    strategy: onSister,
    break: sisterBars(market({ volume: () => 0 })),
    mend: sisterBars(market()),
  }),
  found({
    code: 'CONTEXT_NOT_FINITE',
    title: 'a value of zero under an indicator that divides by it',
    facts: ['fred_RATE', 'trend', 'NaN'],
    strategy: onRates({ type: 'roc', period: 5 }),
    break: rates(days.map((n) => line(n, n === 100 ? 0 : 2))),
  }),
  found({
    code: 'TRAINING_NO_USABLE_ROWS',
    title: 'values that were over before the range began',
    facts: ['WAVE', 'no usable rows', dayOf(100)],
    strategy: onRates(undefined, { ...range(100, BARS), allow_partial_coverage: true }),
    break: rates(days.slice(0, 60).map((n) => line(n))),
  }),
];
