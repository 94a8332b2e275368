import type { Hypothesis, HypothesisStatus, TestVerdict } from '../memory-schema/hypothesis.ts';
import { connect } from './connect.ts';
import { using, writeJson } from './operations.ts';
import type { PlaceOptions } from './options.ts';
import { write } from './output-stream.ts';
import { type Color, labelled, paintFor, table, widthOf } from './text.ts';

const STATUS_COLORS: Readonly<Record<HypothesisStatus, Color>> = {
  untested: 'dim',
  validated: 'green',
  confirmed: 'green',
  supported: 'green',
  refuted: 'red',
  inconclusive: 'yellow',
};

export async function listHypotheses({ status, limit, json, ...at }: PlaceOptions & { readonly status?: HypothesisStatus; readonly limit: number }): Promise<void> {
  const { rows, total } = await using(at, 'hypotheses', ({ client }) => client.hypotheses({ limit, ...(status !== undefined && { status }) }));
  if (json) {
    await writeJson(rows);
    return;
  }
  const paint = paintFor(process.stdout);
  const kind = status === undefined ? '' : `${status} `;
  if (rows.length === 0) process.stdout.write(`There are no ${kind}hypotheses.\n`);
  else await write(process.stdout, `${table(rows, COLUMNS, paint)}${paint('dim', `${rows.length} of ${total} ${kind}hypotheses`)}\n`);
}

const COLUMNS = [
  { title: 'ID', value: (row: Hypothesis) => row.id },
  { title: 'STATUS', value: (row: Hypothesis) => row.status, color: (row: Hypothesis) => STATUS_COLORS[row.status] },
  { title: 'TESTS', value: (row: Hypothesis) => String(row.tested_by.length), align: 'right' },
  { title: 'HYPOTHESIS', value: (row: Hypothesis) => row.text },
] as const;

export async function showHypothesis(id: string, { json, ...at }: PlaceOptions): Promise<void> {
  const hypothesis = await using(at, 'hypotheses', ({ client }) => client.hypothesis(id));
  await print(hypothesis, json);
}

export async function addHypothesis(
  text: string,
  { rationale, source, json, ...at }: PlaceOptions & { readonly rationale?: string; readonly source?: string },
): Promise<void> {
  const connection = await connect({ dataGiven: false, ...at, command: 'tocsin hypotheses add', createMemory: true });
  let hypothesis: Hypothesis;
  try {
    hypothesis = await connection.client.addHypothesis({
      text,
      ...(rationale !== undefined && { rationale }),
      ...(source !== undefined && { source_experiment: source }),
    });
  } finally {
    await connection.close();
  }
  await print(hypothesis, json);
}

export async function testHypothesis(
  id: string,
  { experiment, verdict, json, ...at }: PlaceOptions & { readonly experiment: string; readonly verdict: TestVerdict },
): Promise<void> {
  const hypothesis = await using(at, 'hypotheses test', ({ client }) => client.testHypothesis(id, { experiment_id: experiment, verdict }));
  await print(hypothesis, json);
}

async function print(hypothesis: Hypothesis, json: boolean): Promise<void> {
  if (json) {
    await writeJson(hypothesis);
    return;
  }
  const paint = paintFor(process.stdout);
  const { id, text, status, rationale, source_experiment: source, tested_by: testedBy, tests, created } = hypothesis;
  const verdicts = new Map(tests?.map(({ experiment_id: experiment, verdict }) => [experiment, verdict]));
  const entries = [
    ['Hypothesis', id],
    ['Text', text],
    ['Status', paint(STATUS_COLORS[status], status)],
    ['Rationale', rationale],
    ['Source', source],
    ['Created', created],
    ['Tested by', testedBy.map((experiment) => [experiment, verdicts.get(experiment)].filter((part) => part !== undefined).join('  ')).join('\n')],
  ] as const;
  const given = entries.flatMap(([label, value]) => (value === null || value === '' ? [] : [[label, value] as const]));
  await write(process.stdout, labelled(given, widthOf(process.stdout), paint, ''));
}
