import { z } from '@hono/zod-openapi';

/** A whole number in a query, within bounds. */
export function wholeNumber(min: number, max: number, fallback: number, description: string) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string({ error: 'must be given once' })
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .pipe(z.int().min(min, message).max(max, message))
    .default(fallback)
    .openapi({ type: 'integer', minimum: min, maximum: max, default: fallback, description });
}

/** `true` or `false` in a query. */
export function flag(description: string) {
  return z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('false')
    .transform((value) => value === 'true')
    .openapi({ type: 'boolean', default: false, description });
}

export const instantSchema = z.iso.datetime().openapi({ example: '2026-01-02T03:04:05.000Z' });

export const operationIdField = z.string().openapi({ example: 'op_agent_research_20260102_030405_0a1b2c3d' });

export const operationParams = z.object({ operation_id: operationIdField.openapi({ param: { name: 'operation_id', in: 'path' } }) });

export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
    .optional()
    .openapi({ description: 'Makes the request safe to repeat for 24 hours: the same key and body give the first answer again.' }),
});
