import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { MarketDataError } from '../../../shared/errors/index.ts';
import { MAX_FILE_BYTES } from '../../../shared/market-data/csv/header.ts';
import { type DataFile, dataFileKey, isContextId, isSymbol, parseDataFileName } from '../../../shared/market-data/file-name.ts';
import { TIMEFRAMES } from '../../../shared/market-data/timeframe.ts';
import { MARKET_DATA_PREFIX } from '../../../shared/memory/keys.ts';
import type { ApiDeps } from '../deps.ts';
import { errorResponses } from '../errors.ts';
import { instantSchema } from '../fields.ts';

const fileSchema = z
  .strictObject({ symbol: z.string(), timeframe: z.string(), size: z.int().openapi({ description: 'Bytes.' }), key: z.string() })
  .openapi('MarketDataFile');

const contextFileSchema = z
  .strictObject({ source: z.string(), size: z.int().openapi({ description: 'Bytes.' }), key: z.string() })
  .openapi('ContextFile');

const listRoute = createRoute({
  method: 'get',
  path: '/market-data',
  operationId: 'listMarketData',
  tags: ['market data'],
  summary: 'The price files, and the files of context sources, that researches can use.',
  responses: {
    200: {
      description: 'All files, by key.',
      content: {
        'application/json': {
          schema: z
            .strictObject({
              success: z.literal(true),
              data: z.array(fileSchema),
              context: z.array(contextFileSchema),
              unusable: z.array(z.strictObject({ key: z.string(), reason: z.string() })).openapi({ description: 'Files whose names no research looks for.' }),
            })
            .openapi('MarketDataList'),
        },
      },
    },
    ...errorResponses(),
  },
});

const BYTES = `must be a whole number from 1 to ${MAX_FILE_BYTES}`;

const REQUIRED = 'is required, unless context is given';

const uploadBody = z
  .strictObject({
    // Names that start otherwise are good for files, but not for object keys.
    symbol: z
      .string()
      .refine((symbol) => isSymbol(symbol) && /^[A-Za-z0-9]/.test(symbol), 'must be 1 to 20 letters, digits, _, - and ., starting with a letter or digit')
      .openapi({ example: 'EURUSD', description: 'Of bars, with their timeframe.' })
      .optional(),
    timeframe: z.enum(TIMEFRAMES).optional(),
    context: z
      .string()
      .refine(isContextId, 'must be 1 to 100 letters, digits, _, - and ., starting with a letter or digit')
      .openapi({ example: 'fred_DGS10', description: 'Id of a context source, instead of symbol and timeframe.' })
      .optional(),
    bytes: z.int(BYTES).min(1, BYTES).max(MAX_FILE_BYTES, BYTES).openapi({ description: 'Length of the file.' }),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')
      .openapi({ description: 'SHA-256 of the file, hexadecimal.' }),
  })
  .superRefine(({ symbol, timeframe, context }, issues) => {
    const refuse = (field: string, message: string): void => issues.addIssue({ code: 'custom', path: [field], message });
    if (context !== undefined && symbol !== undefined) refuse('symbol', 'must be left out where context is given');
    if (context !== undefined && timeframe !== undefined) refuse('timeframe', 'must be left out where context is given');
    if (context === undefined && symbol === undefined) refuse('symbol', REQUIRED);
    if (context === undefined && timeframe === undefined) refuse('timeframe', REQUIRED);
  })
  .openapi('MarketDataUpload');

const grantSchema = z
  .strictObject({
    method: z.literal('PUT'),
    url: z.string().openapi({ description: 'Where to send the file: an absolute address, or one relative to the root of this API (`/api/v1/`). It needs no authorization.' }),
    headers: z.record(z.string(), z.string()).openapi({ description: 'To be sent as they are, beside Content-Length.' }),
    expires_at: instantSchema.openapi({ description: 'When the upload must have begun.' }),
  })
  .openapi('UploadGrant');

const uploadRoute = createRoute({
  method: 'post',
  path: '/market-data/uploads',
  operationId: 'uploadMarketData',
  tags: ['market data'],
  summary: 'Leave to upload a price file or a context file, which takes the place of the one of its symbol and timeframe, or its source.',
  request: { body: { required: true, content: { 'application/json': { schema: uploadBody } } } },
  responses: {
    200: {
      description: 'Send the file, exactly the one that was described, once, as `upload` says; null where these very bytes are there already.',
      content: {
        'application/json': {
          schema: z
            .strictObject({ success: z.literal(true), data: z.strictObject({ key: z.string(), upload: grantSchema.nullable() }) })
            .openapi('MarketDataUploadGranted'),
        },
      },
    },
    ...errorResponses(400, 403, 413, 415, 422),
  },
});

/** `/market-data`: which bars and context series are there, and the way in for more. */
export function marketDataRoutes(api: OpenAPIHono, deps: ApiDeps): void {
  api.openapi(listRoute, async (c) => {
    const data: z.infer<typeof fileSchema>[] = [];
    const context: z.infer<typeof contextFileSchema>[] = [];
    const unusable: { key: string; reason: string }[] = [];
    for (const { key, size } of await deps.ports.objects.list(MARKET_DATA_PREFIX)) {
      try {
        const file = parseDataFileName(key.slice(MARKET_DATA_PREFIX.length));
        if ('context' in file) context.push({ source: file.context, size, key });
        else data.push({ ...file, size, key });
      } catch (error) {
        if (!(error instanceof MarketDataError)) throw error;
        unusable.push({ key, reason: error.what });
      }
    }
    return c.json({ success: true as const, data, context, unusable }, 200);
  });

  api.openapi(uploadRoute, async (c) => {
    const { bytes, sha256, ...named } = c.req.valid('json');
    const key = dataFileKey(fileOf(named));
    if (await isStored(deps, key, bytes, sha256)) return c.json({ success: true as const, data: { key, upload: null } }, 200);
    const { method, url, headers, expiresAt } = await deps.uploads.grant(key, { bytes, sha256, contentType: 'text/csv' });
    const upload = { method, url, headers: { ...headers }, expires_at: expiresAt.toISOString() };
    return c.json({ success: true as const, data: { key, upload } }, 200);
  });
}

function fileOf({ symbol, timeframe, context }: Pick<z.infer<typeof uploadBody>, 'symbol' | 'timeframe' | 'context'>): DataFile {
  if (context !== undefined) return { context };
  if (symbol === undefined || timeframe === undefined) throw new Error('The body names no file, and its schema let it pass.');
  return { symbol, timeframe };
}

async function isStored({ ports, uploads }: ApiDeps, key: string, bytes: number, sha256: string): Promise<boolean> {
  const there = (await ports.objects.list(key)).find((object) => object.key === key);
  return there?.size === bytes && (await uploads.storedSha256(key)) === sha256;
}
