import { join, resolve } from 'node:path';
import type { ExperimentRow } from './api-answers.ts';
import { experimentReport } from './experiment-report.ts';
import { importedReport } from './imported-report.ts';
import { using, writeJson } from './operations.ts';
import type { PlaceOptions } from './options.ts';
import { write } from './output-stream.ts';
import { paintFor, percent, table, widthOf } from './text.ts';

export async function listExperiments({ limit, json, ...at }: PlaceOptions & { readonly limit: number }): Promise<void> {
  const { rows, total, unreadable } = await using(at, 'experiments', ({ client }) => client.experiments({ limit }));
  for (const { key, reason } of unreadable) process.stderr.write(`Not an experiment of this folder: ${key}: ${reason}\n`);
  if (json) {
    await writeJson(rows);
    return;
  }
  const paint = paintFor(process.stdout);
  if (rows.length === 0) process.stdout.write('There are no experiments.\n');
  else await write(process.stdout, `${table(rows, COLUMNS, paint)}${paint('dim', `${rows.length} of ${total} experiments`)}\n`);
}

const figure = (row: ExperimentRow, name: string): number | null => row.results[name] ?? null;

const COLUMNS = [
  { title: 'EXPERIMENT', value: (row: ExperimentRow) => row.id },
  { title: 'STRATEGY', value: (row: ExperimentRow) => row.strategy_name },
  { title: 'SYMBOL', value: (row: ExperimentRow) => row.symbol ?? '-' },
  { title: 'TEST ACC.', value: (row: ExperimentRow) => percent(figure(row, 'test_accuracy')), align: 'right' },
  { title: 'TRAIN. MAJORITY', value: (row: ExperimentRow) => percent(figure(row, 'majority_baseline_accuracy')), align: 'right' },
  { title: 'TRADES', value: (row: ExperimentRow) => figure(row, 'total_trades')?.toString() ?? '-', align: 'right' },
  { title: 'RETURN', value: (row: ExperimentRow) => percent(figure(row, 'net_return')), align: 'right' },
  { title: 'SHARPE', value: (row: ExperimentRow) => figure(row, 'sharpe_ratio')?.toFixed(2) ?? '-', align: 'right' },
  { title: 'VERDICT', value: (row: ExperimentRow) => row.verdict ?? '-' },
  { title: 'SOURCE', value: (row: ExperimentRow) => (row.imported ? `imported, ${row.source}` : row.source) },
  {
    title: 'STATUS',
    value: (row: ExperimentRow) => row.status,
    color: (row: ExperimentRow) => (row.status === 'completed' ? ('green' as const) : ('yellow' as const)),
  },
] as const;

export async function showExperiment(id: string, { json, ...at }: PlaceOptions): Promise<void> {
  const found = await using(at, 'experiments', ({ client }) => client.anyExperiment(id));
  const isImported = 'imported' in found;
  if (json) {
    await writeJson(isImported ? found.imported : found.own);
    return;
  }
  const writtenTo = at.endpoint === undefined ? join(resolve(at.memory), isImported ? 'imported' : 'experiments', `${id}.yaml`) : `${at.endpoint}/api/v1/experiments/${id}`;
  const context = { writtenTo, durationSeconds: null, inFull: true, width: widthOf(process.stdout), paint: paintFor(process.stdout) };
  await write(process.stdout, isImported ? importedReport(found.imported, context) : experimentReport(found.own, context));
}
