import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { countSlots } from '../../../shared/research/slots.ts';
import type { ApiDeps } from '../deps.ts';
import { errorResponses } from '../errors.ts';

const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  operationId: 'health',
  tags: ['platform'],
  summary: 'Whether the platform answers and reaches its store.',
  responses: {
    200: {
      description: 'It does.',
      content: {
        'application/json': {
          schema: z
            .strictObject({
              status: z.literal('ok'),
              version: z.string(),
              capacity: z.strictObject({ active: z.int(), limit: z.int() }).openapi({ description: 'Researches at work, and how many may be.' }),
            })
            .openapi('Health'),
        },
      },
    },
    ...errorResponses(),
  },
});

/** `/health`. */
export function healthRoutes(api: OpenAPIHono, deps: ApiDeps): void {
  api.openapi(healthRoute, async (c) => {
    const active = await countSlots(deps.ports.operations);
    return c.json({ status: 'ok' as const, version: deps.version, capacity: { active, limit: deps.capacity } }, 200);
  });
}
