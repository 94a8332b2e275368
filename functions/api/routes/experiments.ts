import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { EXPERIMENT_STATUSES, type Experiment, experimentIdSchema, experimentSchema } from '../../../memory-schema/experiment.ts';
import { hypothesisSchema } from '../../../memory-schema/hypothesis.ts';
import { type ImportedExperiment, importedExperimentSchema } from '../../../memory-schema/imported-experiment.ts';
import { fail } from '../../../shared/errors/index.ts';
import { importedIds, readImported, readImportedText } from '../../../shared/memory/imported-experiments.ts';
import { importRecords } from '../../../shared/memory/import-records.ts';
import { experimentKey, EXPERIMENTS_PREFIX, importedKey, operationIdOf } from '../../../shared/memory/keys.ts';
import { problemText } from '../../../shared/memory/read-record.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, type ErrorDetail, errorResponses, validationError } from '../errors.ts';
import { findExperiments, readExperiment, type Unreadable } from '../experiments.ts';
import { operationIdField, wholeNumber } from '../fields.ts';

const experimentIdField = z.string().openapi({ example: 'exp_20260102_030405_0a1b2c3d' });

const summarySchema = z
  .strictObject({
    id: experimentIdField,
    imported: z.boolean().openapi({ description: 'Whether it was imported from KTRDR, and so has no operation here.' }),
    source: z.string().openapi({ description: 'Who made it, as its record says.' }),
    operation_id: operationIdField.nullable(),
    timestamp: z.string().openapi({ example: '2026-01-02T03:04:05.000Z', description: 'As its record has it: UTC, of imported ones also local.' }),
    strategy_name: z.string(),
    symbol: z.string().nullable(),
    timeframe: z.string().nullable(),
    label_source: z.string().nullable(),
    verdict: z.string().nullable().openapi({ description: 'Of its assessment; null where it has none.' }),
    status: z.enum(EXPERIMENT_STATUSES),
    gate_rejection_reason: z.string().nullable(),
    results: z.record(z.string(), z.number().nullable()),
  })
  .openapi('ExperimentSummary');
type Summary = z.infer<typeof summarySchema>;

const listRoute = createRoute({
  method: 'get',
  path: '/experiments',
  operationId: 'listExperiments',
  tags: ['experiments'],
  summary: 'Experiments of completed operations, newest first, and then those that were imported.',
  request: {
    query: z.strictObject({
      limit: wholeNumber(1, 100, 20, 'At most this many.'),
      offset: wholeNumber(0, 100_000, 0, 'Skips this many of the newest.'),
    }),
  },
  responses: {
    200: {
      description: 'One page of experiments.',
      content: {
        'application/json': {
          schema: z
            .strictObject({
              success: z.literal(true),
              data: z.array(summarySchema),
              total_count: z.int().openapi({ description: 'Completed operations, of which each has one experiment, and imported experiments.' }),
              unreadable: z
                .array(z.strictObject({ key: z.string(), reason: z.string() }))
                .openapi({ description: 'Files come by on the way that are no experiments of this platform, or are damaged; and, where the search went through all, that some are gone.' }),
            })
            .openapi('ExperimentList'),
        },
      },
    },
    ...errorResponses(422),
  },
});

// A copy, made after hono has extended zod: the schema itself may be older than that.
const experimentInApi = experimentSchema.clone().openapi('Experiment');
const importedInApi = importedExperimentSchema.clone().openapi('ImportedExperiment');
const hypothesisInApi = hypothesisSchema.clone().openapi('OfferedHypothesis');

const getRoute = createRoute({
  method: 'get',
  path: '/experiments/{experiment_id}',
  operationId: 'getExperiment',
  tags: ['experiments'],
  summary: 'One experiment: results, gates and provenance.',
  request: { params: z.object({ experiment_id: experimentIdField.openapi({ param: { name: 'experiment_id', in: 'path' } }) }) },
  responses: {
    200: {
      description: 'The experiment.',
      content: {
        'application/json': {
          schema: z.strictObject({ success: z.literal(true), data: z.union([experimentInApi, importedInApi]) }).openapi('ExperimentAnswer'),
        },
      },
    },
    ...errorResponses(404),
  },
});

const importBody = z
  .strictObject({
    experiments: z
      .array(
        z.strictObject({
          file: z.string().min(1).openapi({ description: 'Its name, for messages.' }),
          yaml: z.string().min(1).openapi({ description: 'The file as it is.' }),
        }),
      )
      .max(500)
      .default([]),
    hypotheses: z.array(hypothesisInApi).max(5000).default([]),
    check_only: z.boolean().default(false).openapi({ description: 'Tells what would come of it, and stores nothing.' }),
  })
  .openapi('ImportRequest');

const importRoute = createRoute({
  method: 'post',
  path: '/experiments/imports',
  operationId: 'importExperiments',
  tags: ['experiments'],
  summary: 'Import experiments and hypotheses of KTRDR: all of the request, or none.',
  request: { body: { required: true, content: { 'application/json': { schema: importBody } } } },
  responses: {
    200: {
      description: 'They are stored, or were before.',
      content: {
        'application/json': {
          schema: z
            .strictObject({
              success: z.literal(true),
              data: z.strictObject({
                stored: z.array(z.string()).openapi({ description: 'Ids of those that were new.' }),
                unchanged: z.array(z.string()).openapi({ description: 'Ids of those that were there already.' }),
              }),
            })
            .openapi('ImportAnswer'),
        },
      },
    },
    ...errorResponses(400, 403, 409, 413, 415, 422),
  },
});

/** `/experiments`: what completed researches found, and what was imported. */
export function experimentRoutes(api: OpenAPIHono, deps: ApiDeps): void {
  api.openapi(listRoute, async (c) => {
    const { limit, offset } = c.req.valid('query');
    // Counted first: an operation that has completed by then has its experiment.
    const total = await deps.ports.operations.count('completed');
    const [found, ids] = await Promise.all([findExperiments(deps.ports, { limit, offset }), importedIds(deps.ports.objects)]);
    const { experiments, unreadable, offsetLeft, limitLeft, committed } = found;
    const missing = committed === null ? [] : missingFrom(total - committed);
    const imported = await importedPage(deps, ids.slice(offsetLeft, offsetLeft + limitLeft));
    const data = [...experiments.map(summaryOf), ...imported.summaries];
    return c.json({ success: true as const, data, total_count: total + ids.length, unreadable: [...unreadable, ...missing, ...imported.unreadable] }, 200);
  });

  api.openapi(getRoute, async (c) => {
    const { experiment_id } = c.req.valid('param');
    const missing = new ApiError(404, 'EXPERIMENT_NOT_FOUND', `There is no experiment ${experiment_id}.`, { experiment_id });
    const operationId = experimentIdSchema.safeParse(experiment_id).success ? operationIdOf(experiment_id) : null;
    if (operationId === null || (await deps.ports.operations.get(operationId))?.status !== 'completed') {
      const imported = await readImported(deps.ports.objects, experiment_id);
      if (imported === null) throw missing;
      return c.json({ success: true as const, data: imported }, 200);
    }
    const key = experimentKey(experiment_id);
    const read = await readExperiment(deps.ports.objects, key);
    if (read.ok) return c.json({ success: true as const, data: read.experiment }, 200);
    const { message } = fail('EXPERIMENT_UNREADABLE', { key, reason: read.reason });
    throw new ApiError(500, 'EXPERIMENT_UNREADABLE', message, { key });
  });

  api.openapi(importRoute, async (c) => {
    const { experiments, hypotheses, check_only: checkOnly } = c.req.valid('json');
    const problems: ErrorDetail[] = [];
    const offered: { record: ImportedExperiment; text: string }[] = [];
    for (const [i, { file, yaml }] of experiments.entries()) {
      const read = readImportedText(yaml);
      if (read.ok) offered.push({ record: read.value, text: yaml });
      else problems.push(...read.problems.map((problem) => ({ field: `body -> experiments -> ${i} -> yaml`, message: `${file}: ${problemText(problem)}`, type: 'invalid_record' })));
    }
    problems.push(...repeated('experiments', offered.map(({ record }) => record.id)), ...repeated('hypotheses', hypotheses.map(({ id }) => id)));
    if (problems.length > 0) throw validationError(problems);
    const result = await importRecords(deps.ports, { experiments: offered, hypotheses }, { checkOnly });
    if (result.outcome === 'conflict') {
      const details = result.conflicts.map(({ id, reason }) => ({ field: id, message: reason, type: 'conflict' }));
      const listed = result.conflicts.map(({ id, reason }) => `${id}: ${reason}`).join('; ');
      const { stored } = result;
      const done = stored.length === 0 ? 'nothing of the request was imported' : `another import came between, and only these were imported: ${stored.join(', ')}`;
      throw new ApiError(409, 'IMPORT_CONFLICT', `Records with these ids are there already, with other content; ${done}. ${listed}`, details);
    }
    return c.json({ success: true as const, data: { stored: [...result.stored], unchanged: [...result.unchanged] } }, 200);
  });
}

/** What is said where the files of so many completed operations are gone. */
function missingFrom(count: number): readonly Unreadable[] {
  if (count <= 0) return [];
  return [{ key: EXPERIMENTS_PREFIX, reason: `${count === 1 ? 'the experiment of one completed operation is' : `the experiments of ${count} completed operations are`} not there` }];
}

/** Problems of ids that come more than once. */
function repeated(list: string, ids: readonly string[]): readonly ErrorDetail[] {
  const twice = new Set(ids.filter((id, i) => ids.indexOf(id) !== i));
  return [...twice].map((id) => ({ field: `body -> ${list}`, message: `${id} comes more than once`, type: 'duplicate' }));
}

async function importedPage({ ports }: ApiDeps, ids: readonly string[]) {
  const summaries: Summary[] = [];
  const unreadable: Unreadable[] = [];
  const read = await Promise.all(ids.map(async (id) => ({ key: importedKey(id), bytes: await ports.objects.get(importedKey(id)) })));
  for (const { key, bytes } of read) {
    // One removed since the listing is not listed.
    if (bytes === null) continue;
    const record = readImportedText(bytes);
    if (record.ok) summaries.push(importedSummary(record.value));
    else unreadable.push({ key, reason: record.problems.slice(0, 3).map(problemText).join('; ') });
  }
  return { summaries, unreadable };
}

function importedSummary({ id, timestamp, strategy_name, context, results, assessment, source, status, gate_rejection_reason }: ImportedExperiment): Summary {
  const { symbol = null, timeframe = null } = context;
  const figures = Object.entries(results).filter((entry): entry is [string, number | null] => typeof entry[1] === 'number' || entry[1] === null);
  return {
    id,
    imported: true,
    source,
    operation_id: null,
    timestamp,
    strategy_name,
    symbol,
    timeframe,
    label_source: null,
    verdict: assessment.verdict,
    status,
    gate_rejection_reason,
    results: Object.fromEntries(figures),
  };
}

function summaryOf(experiment: Experiment): Summary {
  const { id, timestamp, strategy_name, source, assessment, status, gate_rejection_reason, results, context, provenance } = experiment;
  return {
    id,
    imported: false,
    source,
    operation_id: provenance.operation_id,
    timestamp,
    strategy_name,
    symbol: context.symbol,
    timeframe: context.timeframe,
    label_source: context.label_source,
    verdict: assessment === undefined ? null : assessment.verdict,
    status,
    gate_rejection_reason,
    results,
  };
}
