import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { MarketDataError } from '../../../shared/errors/index.ts';
import { parseBarsFileName } from '../../../shared/market-data/file-name.ts';
import { MARKET_DATA_PREFIX } from '../../../shared/memory/keys.ts';
import type { ApiDeps } from '../deps.ts';
import { errorResponses } from '../errors.ts';

const fileSchema = z
  .strictObject({ symbol: z.string(), timeframe: z.string(), size: z.int().openapi({ description: 'Bytes.' }), key: z.string() })
  .openapi('MarketDataFile');

const listRoute = createRoute({
  method: 'get',
  path: '/market-data',
  operationId: 'listMarketData',
  tags: ['market data'],
  summary: 'The price files that researches can use.',
  responses: {
    200: {
      description: 'All files, by symbol and timeframe.',
      content: {
        'application/json': {
          schema: z
            .strictObject({
              success: z.literal(true),
              data: z.array(fileSchema),
              unusable: z.array(z.strictObject({ key: z.string(), reason: z.string() })).openapi({ description: 'Files whose names no research looks for.' }),
            })
            .openapi('MarketDataList'),
        },
      },
    },
    ...errorResponses(),
  },
});

/** `/market-data`: which bars are there. */
export function marketDataRoutes(api: OpenAPIHono, deps: ApiDeps): void {
  api.openapi(listRoute, async (c) => {
    const data: z.infer<typeof fileSchema>[] = [];
    const unusable: { key: string; reason: string }[] = [];
    for (const { key, size } of await deps.ports.objects.list(MARKET_DATA_PREFIX)) {
      try {
        data.push({ ...parseBarsFileName(key.slice(MARKET_DATA_PREFIX.length)), size, key });
      } catch (error) {
        if (!(error instanceof MarketDataError)) throw error;
        unusable.push({ key, reason: error.what });
      }
    }
    return c.json({ success: true as const, data, unusable }, 200);
  });
}
