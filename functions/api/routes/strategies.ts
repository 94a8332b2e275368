import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { STRATEGIES_PREFIX, strategyKey } from '../../../shared/memory/keys.ts';
import { readStored, readStrategy, type StrategySource, strategyNameOf } from '../../../shared/research/strategy-source.ts';
import type { Strategy } from '../../../shared/strategy/strategy.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, errorResponses, validationError } from '../errors.ts';
import { wholeNumber } from '../fields.ts';
import { strategyRefusal } from '../strategy-refusal.ts';

const problemSchema = z.strictObject({ path: z.string(), message: z.string() });

const summarySchema = z
  .strictObject({
    name: z.string().openapi({ description: 'Name of the strategy in its file.' }),
    description: z.string().nullable(),
    symbols: z.array(z.string()),
    timeframes: z.array(z.string()),
    features: z.array(z.string()).openapi({ description: 'Ids of the model inputs, in their order.' }),
    label_source: z.string(),
    notices: z.array(z.string()).openapi({ description: 'How unusual fields were read.' }),
  })
  .openapi('StrategySummary');

const storedSchema = z
  .strictObject({
    key: z.string(),
    name: z.string().nullable().openapi({ description: 'The name to trigger it by.' }),
    size: z.int().openapi({ description: 'Bytes.' }),
    valid: z.boolean(),
    strategy: summarySchema.nullable(),
    problems: z.array(problemSchema),
  })
  .openapi('StoredStrategy');

const listRoute = createRoute({
  method: 'get',
  path: '/strategies',
  operationId: 'listStrategies',
  tags: ['strategies'],
  summary: 'Stored strategies by name, valid or not.',
  request: {
    query: z.strictObject({
      limit: wholeNumber(1, 100, 50, 'At most this many.'),
      offset: wholeNumber(0, 100_000, 0, 'Skips this many of the first.'),
    }),
  },
  responses: {
    200: {
      description: 'One page of strategies.',
      content: {
        'application/json': {
          schema: z.strictObject({ success: z.literal(true), data: z.array(storedSchema), total_count: z.int() }).openapi('StrategyList'),
        },
      },
    },
    ...errorResponses(422),
  },
});

const yamlField = z.string().min(1).openapi({ description: 'The strategy file as it is: YAML text of the v3 grammar.' });

const putBody = z
  .strictObject({
    name: z.string().optional().openapi({ description: "If given, it must be the strategy's own name." }),
    yaml: yamlField,
    overwrite: z.boolean().default(false).openapi({ description: 'Replaces another strategy of the same name.' }),
  })
  .openapi('StrategyUpload');

const storedResponse = (description: string) => ({
  description,
  content: {
    'application/json': {
      schema: z
        .strictObject({
          success: z.literal(true),
          data: z.strictObject({ name: z.string(), key: z.string(), strategy: summarySchema }),
        })
        .openapi('StrategyStored'),
    },
  },
});

const putRoute = createRoute({
  method: 'post',
  path: '/strategies',
  operationId: 'storeStrategy',
  tags: ['strategies'],
  summary: 'Validate a strategy and store it under its name.',
  request: { body: { required: true, content: { 'application/json': { schema: putBody } } } },
  responses: {
    200: storedResponse('It was stored before, word for word.'),
    201: storedResponse('Stored.'),
    ...errorResponses(400, 403, 409, 413, 415, 422),
  },
});

const validateRoute = createRoute({
  method: 'post',
  path: '/strategies/validate',
  operationId: 'validateStrategy',
  tags: ['strategies'],
  summary: 'Validate a strategy without storing it.',
  request: {
    body: { required: true, content: { 'application/json': { schema: z.strictObject({ yaml: yamlField }).openapi('StrategyText') } } },
  },
  responses: {
    200: {
      description: 'It is valid.',
      content: {
        'application/json': {
          schema: z
            .strictObject({ success: z.literal(true), data: z.strictObject({ valid: z.literal(true), strategy: summarySchema }) })
            .openapi('StrategyValid'),
        },
      },
    },
    ...errorResponses(400, 403, 413, 415, 422),
  },
});

/** `/strategies`: reading, validating and storing. */
export function strategyRoutes(api: OpenAPIHono, deps: ApiDeps): void {
  const { objects } = deps.ports;

  api.openapi(listRoute, async (c) => {
    const { limit, offset } = c.req.valid('query');
    const stored = await objects.list(STRATEGIES_PREFIX);
    const page = await Promise.all(stored.slice(offset, offset + limit).map(async ({ key, size }) => ({ key, size, bytes: await objects.get(key) })));
    // An object removed since the listing is not listed.
    const data = page.flatMap(({ key, size, bytes }) => (bytes === null ? [] : [storedView(key, size, readStored(bytes))]));
    return c.json({ success: true as const, data, total_count: stored.length }, 200);
  });

  api.openapi(putRoute, async (c) => {
    const { name, yaml, overwrite } = c.req.valid('json');
    const read = readStrategy(yaml);
    if (read.outcome !== 'found') throw strategyRefusal(read, 'body -> yaml');
    if (name !== undefined && name !== read.strategy.name) {
      const message = `is "${name}", but the strategy's own name is "${read.strategy.name}": give the same name, or none`;
      throw validationError([{ field: 'body -> name', message, type: 'mismatch' }]);
    }
    const key = strategyKey(read.strategy.name);
    const answer = { success: true as const, data: { name: read.strategy.name, key, strategy: summaryOf(read.strategy, read.notices) } };
    if ((await objects.put(key, yaml, { ifNoneMatch: true })) === 'written') return c.json(answer, 201);
    const there = await objects.get(key);
    if (there !== null && Buffer.from(there).equals(Buffer.from(yaml))) return c.json(answer, 200);
    if (!overwrite) {
      throw new ApiError(
        409,
        'STRATEGY_EXISTS',
        `Another strategy named ${read.strategy.name} is stored already: choose another name, or send "overwrite": true.`,
        { key },
      );
    }
    await objects.put(key, yaml);
    return c.json(answer, 201);
  });

  api.openapi(validateRoute, (c) => {
    const read = readStrategy(c.req.valid('json').yaml);
    if (read.outcome !== 'found') throw strategyRefusal(read, 'body -> yaml');
    return c.json({ success: true as const, data: { valid: true as const, strategy: summaryOf(read.strategy, read.notices) } }, 200);
  });
}

function summaryOf(strategy: Strategy, notices: readonly string[]): z.infer<typeof summarySchema> {
  return {
    name: strategy.name,
    description: strategy.description,
    symbols: [...strategy.symbols],
    timeframes: [...strategy.timeframes],
    features: strategy.features.map(({ id }) => id),
    label_source: strategy.training.labels.source,
    notices: [...notices],
  };
}

function storedView(key: string, size: number, read: StrategySource): z.infer<typeof storedSchema> {
  const name = strategyNameOf(key);
  const problems = read.outcome === 'invalid_strategy' ? [...read.problems] : [];
  if (name === null) problems.unshift({ path: '', message: 'its file name is not that of a strategy: `<name>.yaml`, of letters, digits, `_` and `-`' });
  const strategy = read.outcome === 'found' ? summaryOf(read.strategy, read.notices) : null;
  return { key, name, size, valid: problems.length === 0, strategy, problems };
}
