// Runs sp500-daily.yaml on the S&P 500 daily bars that the npm package vega-datasets ships (from Yahoo Finance).
// The bars are read where npm has put them and converted into ./data, which git ignores.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bars = fileURLToPath(new URL('../data/sp500-2000.csv', import.meta.resolve('vega-datasets')));
const tocsin = fileURLToPath(new URL('../cli/tocsin.mjs', import.meta.url));
const strategy = fileURLToPath(new URL('./sp500-daily.yaml', import.meta.url));

// A calendar day, midnight UTC to midnight: its bar is known when the day is over, hours after the exchange has closed.
run('data', 'import', bars, '--symbol', 'SPX', '--timeframe', '1d', '--timezone', 'UTC', '--data', 'data');
run('research', strategy, '--data', 'data', ...process.argv.slice(2));

function run(...args) {
  const { status } = spawnSync(process.execPath, [tocsin, ...args], { stdio: 'inherit' });
  // oxlint-disable-next-line loud/no-made-up-value -- a process that a signal ended has no status
  if (status !== 0) process.exit(status ?? 1);
}
