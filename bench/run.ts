import { cpus } from 'node:os';
import { backtestBench } from './backtest.bench.ts';
import type { BenchResult } from './bench-result.ts';
import { coldStartBench } from './cold-start.bench.ts';
import { cycleBench, responsivenessBench } from './cycle.bench.ts';
import { featuresBench } from './features.bench.ts';
import { indicatorsBench } from './indicators.bench.ts';
import { recurrentBench } from './recurrent.bench.ts';
import { trainingBench } from './training.bench.ts';

const BENCHES = {
  training: trainingBench,
  recurrent: recurrentBench,
  indicators: indicatorsBench,
  features: featuresBench,
  backtest: backtestBench,
  cycle: cycleBench,
  responsiveness: responsivenessBench,
  'cold-start': coldStartBench,
} as const;

const names = process.argv.slice(2);
const chosen = names.length === 0 ? Object.keys(BENCHES) : names;
const unknown = chosen.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}

console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`);
let missed = 0;
for (const name of chosen) {
  console.log(`\n${name}`);
  for (const result of await BENCHES[name as keyof typeof BENCHES]()) {
    if (verdict(result) === 'MISSED') missed++;
    console.log(`  ${result.name}: ${format(result.value)} ${result.unit}${target(result)}${result.note === '' ? '' : `\n      ${result.note}`}`);
  }
}
if (missed > 0) console.log(`\n${missed} of the targets missed. On a machine at other work, measure again.`);

function verdict({ value, target: wanted }: BenchResult): 'met' | 'MISSED' | null {
  if (wanted === null) return null;
  const met = 'atLeast' in wanted ? value >= wanted.atLeast : value <= wanted.atMost;
  return met ? 'met' : 'MISSED';
}

function target(result: BenchResult): string {
  if (result.target === null) return '';
  const bound = 'atLeast' in result.target ? `at least ${format(result.target.atLeast)}` : `at most ${format(result.target.atMost)}`;
  return `   (${bound}: ${verdict(result)})`;
}

function format(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 4 });
}
