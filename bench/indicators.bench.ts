import { Bench, type Task } from 'tinybench';
import { fuzzify } from '../shared/fuzzy/membership.ts';
import { INDICATORS } from '../shared/indicators/registry.ts';
import type { MembershipSpec } from '../shared/strategy/strategy.ts';
import { benchBars } from './bench-bars.ts';
import type { BenchResult } from './bench-result.ts';

const KTRDR_RSI_MS = 4_000;
const RSI_TIMES_FASTER = 1_000;

const MEMBERSHIPS: readonly MembershipSpec[] = [
  { type: 'triangular', parameters: [20, 50, 80] },
  { type: 'trapezoidal', parameters: [0, 10, 30, 45] },
  { type: 'gaussian', parameters: [50, 12] },
];

/** Time of every indicator, with default parameters, and of every membership function over one series of hourly bars. */
export async function indicatorsBench(): Promise<BenchResult[]> {
  const { bars, origin } = benchBars();
  const bench = new Bench({ time: 300, warmupTime: 100 });
  let sink = 0;

  // Series of currencies have a volume of zero throughout, over which an indicator of volume has no value.
  const traded = { ...bars, volume: bars.volume.map((_, i) => 1 + (i % 97)) };
  for (const indicator of INDICATORS) {
    const params = indicator.params.parse({});
    const read = indicator.usesVolume ? traded : bars;
    bench.add(indicator.type, () => {
      sink += indicator.compute(read, params)[indicator.outputs[0]]!.at(-1)!;
    });
  }
  const rsi = INDICATORS.find(({ type }) => type === 'rsi')!;
  const values = rsi.compute(bars, rsi.params.parse({})).value!;
  const degrees = new Float64Array(values.length);
  for (const membership of MEMBERSHIPS) {
    bench.add(`${membership.type} membership of rsi`, () => {
      sink += fuzzify(membership, values, degrees).at(-1)!;
    });
  }
  await bench.run();
  if (!Number.isFinite(sink)) throw new Error('an indicator ended without a value');

  console.table(bench.table());
  return bench.tasks.map((task) => judged(task, origin));
}

function judged({ name, result }: Task, origin: string): BenchResult {
  if (result.state !== 'completed') throw new Error(`the benchmark of ${name} did not complete: ${result.state}`);
  const measured = { name: `${name}, ${origin}`, unit: 'ms', value: result.latency.p50 };
  if (name !== 'rsi') return { ...measured, target: null, note: 'median' };
  const timesFaster = Math.round(KTRDR_RSI_MS / measured.value).toLocaleString('en');
  return {
    ...measured,
    target: { atMost: KTRDR_RSI_MS / RSI_TIMES_FASTER },
    note: `median; ${timesFaster} times as fast as KTRDR's ${KTRDR_RSI_MS / 1_000} s over 74,439 bars`,
  };
}
