import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { EXPERIMENT_STATUSES, type Experiment, experimentIdSchema, experimentSchema } from '../../../memory-schema/experiment.ts';
import { fail } from '../../../shared/errors/index.ts';
import { experimentKey, operationIdOf } from '../../../shared/memory/keys.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, errorResponses } from '../errors.ts';
import { findExperiments, readExperiment } from '../experiments.ts';
import { instantSchema, operationIdField, wholeNumber } from '../fields.ts';

const experimentIdField = z.string().openapi({ example: 'exp_20260102_030405_0a1b2c3d' });

const summarySchema = z
  .strictObject({
    id: experimentIdField,
    operation_id: operationIdField,
    timestamp: instantSchema,
    strategy_name: z.string(),
    symbol: z.string(),
    timeframe: z.string(),
    label_source: z.string(),
    status: z.enum(EXPERIMENT_STATUSES),
    gate_rejection_reason: z.string().nullable(),
    results: z.record(z.string(), z.number().nullable()),
  })
  .openapi('ExperimentSummary');

const listRoute = createRoute({
  method: 'get',
  path: '/experiments',
  operationId: 'listExperiments',
  tags: ['experiments'],
  summary: 'Experiments of completed operations, newest first.',
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
              total_count: z.int().openapi({ description: 'Completed operations: each has one experiment.' }),
              unreadable: z
                .array(z.strictObject({ key: z.string(), reason: z.string() }))
                .openapi({ description: 'Files come by on the way that are no experiments of this platform, or are damaged.' }),
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
          schema: z.strictObject({ success: z.literal(true), data: experimentInApi }).openapi('ExperimentAnswer'),
        },
      },
    },
    ...errorResponses(404),
  },
});

/** `/experiments`: what completed researches found. */
export function experimentRoutes(api: OpenAPIHono, deps: ApiDeps): void {
  api.openapi(listRoute, async (c) => {
    const { limit, offset } = c.req.valid('query');
    const [{ experiments, unreadable }, total] = await Promise.all([
      findExperiments(deps.ports, { limit, offset }),
      deps.ports.operations.count('completed'),
    ]);
    return c.json({ success: true as const, data: experiments.map(summaryOf), total_count: total, unreadable: [...unreadable] }, 200);
  });

  api.openapi(getRoute, async (c) => {
    const { experiment_id } = c.req.valid('param');
    const missing = new ApiError(404, 'EXPERIMENT_NOT_FOUND', `There is no experiment ${experiment_id}.`, { experiment_id });
    const operationId = experimentIdSchema.safeParse(experiment_id).success ? operationIdOf(experiment_id) : null;
    if (operationId === null || (await deps.ports.operations.get(operationId))?.status !== 'completed') throw missing;
    const key = experimentKey(experiment_id);
    const read = await readExperiment(deps.ports.objects, key);
    if (read.ok) return c.json({ success: true as const, data: read.experiment }, 200);
    const { message } = fail('EXPERIMENT_UNREADABLE', { key, reason: read.reason });
    throw new ApiError(500, 'EXPERIMENT_UNREADABLE', message, { key });
  });
}

function summaryOf(experiment: Experiment): z.infer<typeof summarySchema> {
  const { id, timestamp, strategy_name, status, gate_rejection_reason, results, context, provenance } = experiment;
  return {
    id,
    operation_id: provenance.operation_id,
    timestamp,
    strategy_name,
    symbol: context.symbol,
    timeframe: context.timeframe,
    label_source: context.label_source,
    status,
    gate_rejection_reason,
    results,
  };
}
