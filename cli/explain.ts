import { explain, type Explanation, FAILURE_CODES, FAILURE_TYPES } from '../shared/errors/explain.ts';
import { isFailureCode } from '../shared/errors/fail.ts';
import { RETRY_HELP } from '../shared/errors/failure.ts';
import { FOREIGN_ERRORS, type ForeignError } from '../shared/errors/foreign-errors.ts';
import type { PipelineErrorName } from '../shared/errors/pipeline-error.ts';
import { nearestName } from '../shared/strategy/nearest.ts';
import { writeJson } from './operations.ts';
import { write } from './output-stream.ts';
import { EXIT, Refusal } from './refusal.ts';
import { labelled, paintFor, table, widthOf } from './text.ts';

interface ExplainOptions {
  readonly json: boolean;
}

/** Explains one failure. Throws Refusal where there is none of this code or name, with the nearest one. */
export async function explainOne(wanted: string, { json }: ExplainOptions): Promise<void> {
  const code = wanted.toUpperCase();
  if (isFailureCode(code)) {
    const explanation = explain(code);
    await (json ? writeJson(explanation) : printExplanation(explanation));
    return;
  }
  const foreign = FOREIGN_ERRORS.find(({ names }) => names.includes(wanted));
  if (foreign === undefined) throw noSuchFailure(wanted);
  const { meaning, guidance, retry } = foreign;
  await (json ? writeJson({ type: wanted, meaning, guidance, retry }) : printForeign(wanted, foreign));
}

/** Lists every failure by type. */
export async function explainAll({ json }: ExplainOptions): Promise<void> {
  if (json) {
    await writeJson(FAILURE_CODES.map(explain));
    return;
  }
  const paint = paintFor(process.stdout);
  for (const type of Object.keys(FAILURE_TYPES) as readonly PipelineErrorName[]) {
    const rows = FAILURE_CODES.map(explain).filter((explanation) => explanation.type === type);
    if (rows.length > 0) await write(process.stdout, `${paint('bold', type)}  ${FAILURE_TYPES[type]}\n\n${table(rows, COLUMNS, paint)}\n`);
  }
  await write(process.stdout, `${paint('dim', 'tocsin explain CODE tells more of one.')}\n`);
}

const COLUMNS = [
  { title: 'CODE', value: ({ code }: Explanation) => code },
  { title: 'STEP', value: ({ steps }: Explanation) => steps.map(({ name }) => name).join(', ') },
  { title: 'MEANING', value: ({ meaning }: Explanation) => meaning },
] as const;

async function printExplanation({ code, type, meaning, guidance, steps, retry }: Explanation): Promise<void> {
  await print(`${type}  ${code}`, [
    ['Meaning', meaning],
    ['What to do', guidance],
    ['Step', steps.map((step) => `${step.name}: ${step.meaning}`).join('\n')],
    ['Retry', retry],
  ]);
}

async function printForeign(name: string, { meaning, guidance, retry }: ForeignError): Promise<void> {
  await print(name, [
    ['Meaning', meaning],
    ['What to do', guidance],
    ['Retry', `A retry ${RETRY_HELP[retry]}.`],
  ]);
}

async function print(title: string, entries: readonly (readonly [string, string])[]): Promise<void> {
  const paint = paintFor(process.stdout);
  await write(process.stdout, `${paint('bold', title)}\n${labelled(entries, widthOf(process.stdout), paint)}`);
}

function noSuchFailure(wanted: string): Refusal {
  const nearest = nearestName(wanted, [...FAILURE_CODES, ...FOREIGN_ERRORS.flatMap(({ names }) => names)]);
  return new Refusal(`There is no failure ${wanted}${nearest === null ? '' : `: did you mean ${nearest}?`}`, {
    guidance: 'See all of them: tocsin explain',
    exitCode: EXIT.usage,
  });
}
