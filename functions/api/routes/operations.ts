import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { OPERATION_STATUSES, type OperationStatus, UNSETTLED_STATUSES } from '../../../memory-schema/operation.ts';
import { cancelResearch } from '../../../shared/research/cancel.ts';
import { countByStatus, findOperation, listByStatus } from '../../../shared/research/list.ts';
import { retryResearch } from '../../../shared/research/retry.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, errorResponses } from '../errors.ts';
import { flag, idempotencyHeaders, instantSchema, operationIdField, operationParams, wholeNumber } from '../fields.ts';
import { operationInfo, operationInfoSchema, operationSummary, operationSummarySchema, VIEW_STATUSES, type ViewStatus } from '../operation-view.ts';
import { strategyRefusal } from '../strategy-refusal.ts';

const listRoute = createRoute({
  method: 'get',
  path: '/operations',
  operationId: 'listOperations',
  tags: ['operations'],
  summary: 'Operations, newest first.',
  request: {
    query: z.strictObject({
      status: z.enum(VIEW_STATUSES, { error: `must be one of ${VIEW_STATUSES.join(', ')}` }).optional(),
      operation_type: z.literal('agent_research', { error: 'must be agent_research, the only type there is' }).optional(),
      limit: wholeNumber(1, 1000, 10, 'At most this many.'),
      offset: wholeNumber(0, 100_000, 0, 'Skips this many of the newest.'),
      active_only: flag('Only operations that have not ended.'),
    }),
  },
  responses: {
    200: {
      description: 'One page of operations.',
      content: {
        'application/json': {
          schema: z
            .strictObject({
              success: z.literal(true),
              data: z.array(operationSummarySchema),
              total_count: z.int().openapi({ description: 'Operations that match, on all pages.' }),
              active_count: z.int().openapi({ description: 'All operations that have not ended.' }),
            })
            .openapi('OperationList'),
        },
      },
    },
    ...errorResponses(422),
  },
});

const operationResponse = {
  description: 'The operation.',
  content: { 'application/json': { schema: z.strictObject({ success: z.literal(true), data: operationInfoSchema }).openapi('OperationAnswer') } },
};

const getRoute = createRoute({
  method: 'get',
  path: '/operations/{operation_id}',
  operationId: 'getOperation',
  tags: ['operations'],
  summary: 'One operation: status, progress, and why it failed.',
  request: { params: operationParams },
  responses: { 200: operationResponse, ...errorResponses(404) },
});

const cancelBody = z
  .strictObject({
    reason: z.string().min(1).max(500).optional().openapi({ description: "Becomes the operation's error_message." }),
    force: z.literal(false, { error: 'must be false: nothing can be cancelled by force' }).optional(),
  })
  .openapi('CancelRequest');

const cancelRoute = createRoute({
  method: 'delete',
  path: '/operations/{operation_id}',
  operationId: 'cancelOperation',
  tags: ['operations'],
  summary: 'Cancel an operation that is pending or running.',
  request: { params: operationParams, body: { required: false, content: { 'application/json': { schema: cancelBody } } } },
  responses: {
    200: {
      description: 'Cancelled.',
      content: {
        'application/json': {
          schema: z
            .strictObject({
              success: z.literal(true),
              data: z.strictObject({
                success: z.literal(true),
                operation_id: operationIdField,
                status: z.literal('cancelled'),
                cancelled_at: instantSchema,
                cancellation_reason: z.string(),
                task_cancelled: z.literal(true),
                remote_cancelled: z.literal(false),
                children_cancelled: z.array(z.string()),
              }),
            })
            .openapi('OperationCancelled'),
        },
      },
    },
    ...errorResponses(400, 403, 404, 409, 413, 415, 422),
  },
});

const retryRoute = createRoute({
  method: 'post',
  path: '/operations/{operation_id}/retry',
  operationId: 'retryOperation',
  tags: ['operations'],
  summary: 'Run a failed or cancelled operation again as a new one: same strategy, seed and flags.',
  request: { params: operationParams, headers: idempotencyHeaders },
  responses: {
    202: { ...operationResponse, description: 'The new operation; `metadata.parameters.retry_of` names the old one.' },
    ...errorResponses(400, 403, 404, 409, 422),
  },
});

/** `/operations`: reading, cancelling and retrying. */
export function operationRoutes(api: OpenAPIHono, deps: ApiDeps): void {
  const { operations } = deps.ports;

  api.openapi(listRoute, async (c) => {
    const { status, limit, offset, active_only } = c.req.valid('query');
    const statuses = wanted(status, active_only);
    const [page, total, active] = await Promise.all([
      statuses.length === 0 ? [] : listByStatus(operations, statuses, { limit, offset }),
      countByStatus(operations, statuses),
      countByStatus(operations, UNSETTLED_STATUSES),
    ]);
    const now = deps.ports.now();
    const data = page.map((operation) => operationSummary(operation, now));
    return c.json({ success: true as const, data, total_count: total, active_count: active }, 200);
  });

  api.openapi(getRoute, async (c) => {
    const { operation_id } = c.req.valid('param');
    const operation = await findOperation(operations, operation_id);
    if (operation === null) throw notFound(operation_id);
    return c.json({ success: true as const, data: operationInfo(operation, deps.ports.now()) }, 200);
  });

  api.openapi(cancelRoute, async (c) => {
    const { operation_id } = c.req.valid('param');
    const result = await cancelResearch(deps, operation_id, c.req.valid('json').reason);
    if (result.outcome === 'not_found') throw notFound(operation_id);
    if (result.outcome === 'not_cancellable') {
      if (result.status !== 'recording') {
        throw new ApiError(400, 'OPERATION_FINISHED', `${operation_id} has ended already: it is ${result.status}.`, { status: result.status });
      }
      throw new ApiError(409, 'OPERATION_NOT_CANCELLABLE', `${operation_id} is recording its experiment and is about to end.`);
    }
    const data = {
      success: true as const,
      operation_id,
      status: 'cancelled' as const,
      cancelled_at: result.cancelledAt,
      cancellation_reason: result.reason,
      task_cancelled: true as const,
      remote_cancelled: false as const,
      children_cancelled: [],
    };
    return c.json({ success: true as const, data }, 200);
  });

  api.openapi(retryRoute, async (c) => {
    const { operation_id } = c.req.valid('param');
    const key = c.req.valid('header')['idempotency-key'];
    const result = await retryResearch(deps, operation_id, key === undefined ? null : { caller: deps.callerOf(c), key });
    switch (result.outcome) {
      case 'started':
      case 'repeated':
        return c.json({ success: true as const, data: operationInfo(result.operation, deps.ports.now()) }, 202);
      case 'not_found':
        throw notFound(operation_id);
      case 'not_retryable':
        throw new ApiError(
          400,
          'OPERATION_NOT_RETRYABLE',
          `${operation_id} is ${result.status}: only a failed or cancelled operation can be retried.`,
          { status: result.status },
        );
      case 'strategy_gone':
        throw new ApiError(409, 'STRATEGY_COPY_MISSING', `The strategy of ${operation_id} is gone: trigger a research with the strategy itself.`, {
          key: result.key,
        });
      case 'at_capacity':
        throw new ApiError(
          409,
          'AT_CAPACITY',
          `${result.activeCount} of at most ${result.limit} researches are at work: wait until one has ended, or cancel one.`,
          { active_count: result.activeCount, limit: result.limit },
        );
      case 'key_reused':
        throw new ApiError(409, 'IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key came before with another request: use a new key for a new request.');
      case 'in_progress':
        throw new ApiError(409, 'IN_PROGRESS', 'The same request with this Idempotency-Key is under way: repeat it in a moment to get its answer.');
      case 'unknown_strategy':
      case 'invalid_strategy':
        throw strategyRefusal(result, 'path -> operation_id -> strategy');
    }
  });
}

function wanted(status: ViewStatus | undefined, activeOnly: boolean): readonly OperationStatus[] {
  const asked: readonly OperationStatus[] =
    status === undefined ? OPERATION_STATUSES : status === 'running' ? ['running', 'recording'] : [status];
  return activeOnly ? asked.filter((each) => (UNSETTLED_STATUSES as readonly OperationStatus[]).includes(each)) : asked;
}

function notFound(operationId: string): ApiError {
  return new ApiError(404, 'OPERATION_NOT_FOUND', `There is no operation ${operationId}.`, { operation_id: operationId });
}
