import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type Operation, PHASES } from '../../../memory-schema/operation.ts';
import { printable } from '../../../shared/printable.ts';
import { cancelResearch } from '../../../shared/research/cancel.ts';
import { agentStatus } from '../../../shared/research/status.ts';
import { DEFAULT_SEED, triggerResearch } from '../../../shared/research/trigger.ts';
import type { ApiDeps } from '../deps.ts';
import { errorResponses, validationError } from '../errors.ts';
import { idempotencyHeaders, instantSchema, operationIdField, operationParams } from '../fields.ts';
import { durationSeconds } from '../operation-view.ts';
import { strategyRefusal } from '../strategy-refusal.ts';

const triggerBody = z
  .strictObject({
    strategy: z
      .union([z.string().min(1), z.record(z.string(), z.unknown())], { error: 'must be the name of a stored strategy, its YAML text, or a JSON object' })
      .optional()
      .openapi({ description: 'The name of a stored strategy, YAML text, or a JSON object. Without it the configured default strategy runs.' }),
    brief: z.string().max(2000).optional().openapi({ description: 'Free text kept with the operation.' }),
    bypass_gates: z.boolean().default(false).openapi({ description: 'Runs the backtest and records the experiment whatever the gates say.' }),
    seed: z.int().min(0).max(0xffff_ffff).default(DEFAULT_SEED).openapi({ description: 'Same strategy, data, seed and version: the same model.' }),
  })
  .openapi('TriggerRequest');

const triggeredSchema = z
  .strictObject({
    triggered: z.literal(true),
    operation_id: operationIdField,
    strategy_name: z.string(),
    seed: z.int(),
    message: z.string(),
  })
  .openapi('Triggered');

const refusedSchema = z
  .strictObject({
    triggered: z.literal(false),
    reason: z.enum(['at_capacity', 'idempotency_key_reused', 'in_progress']),
    message: z.string(),
    active_count: z.int().optional(),
    limit: z.int().optional(),
  })
  .openapi('TriggerRefused');

const triggerRoute = createRoute({
  method: 'post',
  path: '/agent/trigger',
  operationId: 'triggerResearch',
  tags: ['agent'],
  summary: 'Start a research: train, backtest, record.',
  request: { headers: idempotencyHeaders, body: { required: false, content: { 'application/json': { schema: triggerBody } } } },
  responses: {
    202: { description: 'Started.', content: { 'application/json': { schema: triggeredSchema } } },
    409: { description: 'Nothing was started: `reason` says why.', content: { 'application/json': { schema: refusedSchema } } },
    ...errorResponses(400, 403, 413, 415, 422),
  },
});

const phaseSchema = z.enum(PHASES);

const statusSchema = z
  .strictObject({
    status: z.enum(['idle', 'active']),
    operation_id: operationIdField.nullable().openapi({ description: 'The newest research, ended or not.' }),
    phase: phaseSchema.nullable(),
    active_researches: z.array(
      z.strictObject({
        operation_id: operationIdField,
        phase: phaseSchema,
        strategy_name: z.string(),
        duration_seconds: z.int().nullable().openapi({ description: 'From the start to now, 0 before the start; null where clocks that differ put now before the start.' }),
        child_operation_id: z.null(),
      }),
    ),
    last_cycle: z
      .strictObject({
        operation_id: operationIdField,
        outcome: z.enum(['completed', 'failed', 'cancelled']),
        strategy_name: z.string(),
        completed_at: instantSchema.nullable(),
      })
      .nullable()
      .optional()
      .openapi({ description: 'The newest research that has ended; only while none is at work.' }),
    workers: z.strictObject({
      training: z.strictObject({ busy: z.int(), total: z.int() }),
      backtesting: z.strictObject({ busy: z.int(), total: z.int() }),
    }),
    capacity: z.strictObject({ active: z.int(), limit: z.int() }),
  })
  .openapi('AgentStatus');

const statusRoute = createRoute({
  method: 'get',
  path: '/agent/status',
  operationId: 'agentStatus',
  tags: ['agent'],
  summary: 'What is at work, and how the newest research stands.',
  responses: { 200: { description: 'The status.', content: { 'application/json': { schema: statusSchema } } }, ...errorResponses() },
});

const cancelRefusedSchema = z
  .strictObject({ success: z.literal(false), reason: z.enum(['not_found', 'not_cancellable']), message: z.string() })
  .openapi('CancelRefused');

const cancelRoute = createRoute({
  method: 'delete',
  path: '/agent/cancel/{operation_id}',
  operationId: 'cancelResearch',
  tags: ['agent'],
  summary: 'Cancel a research that is pending or running.',
  request: { params: operationParams },
  responses: {
    200: {
      description: 'Cancelled.',
      content: {
        'application/json': {
          schema: z
            .strictObject({ success: z.literal(true), operation_id: operationIdField, child_cancelled: z.null(), message: z.string() })
            .openapi('Cancelled'),
        },
      },
    },
    404: { description: 'There is no such research.', content: { 'application/json': { schema: cancelRefusedSchema } } },
    409: { description: 'It has ended, or its experiment is being recorded.', content: { 'application/json': { schema: cancelRefusedSchema } } },
    ...errorResponses(403),
  },
});

/** `/agent`: starting, watching and cancelling researches. */
export function agentRoutes(api: OpenAPIHono, deps: ApiDeps): void {
  api.openapi(triggerRoute, async (c) => {
    const body = c.req.valid('json');
    const key = c.req.valid('header')['idempotency-key'];
    const result = await triggerResearch(deps, {
      strategy: body.strategy ?? null,
      brief: body.brief ?? null,
      bypassGates: body.bypass_gates ?? false,
      seed: body.seed ?? null,
      idempotency: key === undefined ? null : { caller: deps.callerOf(c), key },
    });
    switch (result.outcome) {
      case 'started':
      case 'repeated':
        return c.json(triggered(result.operation), 202, { location: `../operations/${result.operation.operation_id}` });
      case 'at_capacity': {
        const { activeCount, limit } = result;
        const message = `${activeCount} of at most ${limit} researches are at work: wait until one has ended, or cancel one.`;
        return c.json({ triggered: false as const, reason: 'at_capacity' as const, active_count: activeCount, limit, message }, 409);
      }
      case 'key_reused': {
        const message = 'This Idempotency-Key came before with another request: use a new key for a new request.';
        return c.json({ triggered: false as const, reason: 'idempotency_key_reused' as const, message }, 409);
      }
      case 'in_progress': {
        const message = 'The same request with this Idempotency-Key is under way: repeat it in a moment to get its answer.';
        return c.json({ triggered: false as const, reason: 'in_progress' as const, message }, 409, { 'retry-after': '1' });
      }
      case 'strategy_missing':
        throw validationError([
          { field: 'body -> strategy', message: 'is needed, since no default strategy is configured', type: 'missing' },
        ]);
      case 'unknown_strategy':
      case 'invalid_strategy':
        throw strategyRefusal(result, 'body -> strategy');
    }
  });

  api.openapi(statusRoute, async (c) => {
    const { newest, active, lastCycle, capacity } = await agentStatus(deps.ports, deps.capacity);
    const now = deps.ports.now();
    const busy = (phase: Operation['metadata']['parameters']['phase']) => active.filter((each) => each.metadata.parameters.phase === phase).length;
    return c.json(
      {
        status: active.length > 0 ? ('active' as const) : ('idle' as const),
        operation_id: newest?.operation_id ?? null,
        phase: newest?.metadata.parameters.phase ?? null,
        active_researches: active.map((operation) => ({
          operation_id: operation.operation_id,
          phase: operation.metadata.parameters.phase,
          strategy_name: operation.metadata.parameters.strategy_name,
          duration_seconds: operation.started_at === null ? 0 : wholeSeconds(durationSeconds(operation, now)),
          child_operation_id: null,
        })),
        ...(active.length === 0 && { last_cycle: lastCycle === null ? null : cycle(lastCycle) }),
        workers: {
          training: { busy: busy('training'), total: capacity.limit },
          backtesting: { busy: busy('backtesting'), total: capacity.limit },
        },
        capacity,
      },
      200,
    );
  });

  api.openapi(cancelRoute, async (c) => {
    const { operation_id } = c.req.valid('param');
    const result = await cancelResearch(deps, operation_id);
    switch (result.outcome) {
      case 'cancelled':
        return c.json({ success: true as const, operation_id, child_cancelled: null, message: `${operation_id} is cancelled.` }, 200);
      case 'not_found':
        return c.json({ success: false as const, reason: 'not_found' as const, message: printable(`There is no operation ${operation_id}.`) }, 404);
      case 'not_cancellable': {
        const message =
          result.status === 'recording'
            ? `${operation_id} is recording its experiment and is about to end.`
            : `${operation_id} has ended already: it is ${result.status}.`;
        return c.json({ success: false as const, reason: 'not_cancellable' as const, message }, 409);
      }
    }
  });
}

function wholeSeconds(seconds: number | null): number | null {
  return seconds === null ? null : Math.floor(seconds);
}

function triggered(operation: Operation): z.infer<typeof triggeredSchema> {
  const { strategy_name, seed } = operation.metadata.parameters;
  return {
    triggered: true,
    operation_id: operation.operation_id,
    strategy_name,
    seed,
    message: `Research on ${strategy_name} has started; follow it at operations/${operation.operation_id}.`,
  };
}

function cycle(operation: Operation) {
  return {
    operation_id: operation.operation_id,
    outcome: operation.status as 'completed' | 'failed' | 'cancelled',
    strategy_name: operation.metadata.parameters.strategy_name,
    completed_at: operation.completed_at,
  };
}
