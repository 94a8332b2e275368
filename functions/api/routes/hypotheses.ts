import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { HYPOTHESIS_STATUSES, hypothesisSchema, TEST_VERDICTS } from '../../../memory-schema/hypothesis.ts';
import { addHypothesis, testHypothesis } from '../../../shared/memory/change-hypotheses.ts';
import { readHypotheses } from '../../../shared/memory/hypotheses-file.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, errorResponses, validationError } from '../errors.ts';
import { wholeNumber } from '../fields.ts';

// A copy, made after hono has extended zod. What is stored has all fields.
const hypothesisInApi = z.strictObject({ ...hypothesisSchema.shape, source_experiment: z.string().nullable(), rationale: z.string().nullable(), tested_by: z.array(z.string()) }).openapi('Hypothesis');

const answer = (description: string) => ({
  description,
  content: {
    'application/json': { schema: z.strictObject({ success: z.literal(true), data: hypothesisInApi }).openapi('HypothesisAnswer') },
  },
});

const hypothesisParams = z.object({ hypothesis_id: z.string().openapi({ param: { name: 'hypothesis_id', in: 'path' }, example: 'H_001' }) });
function text(longest: number) {
  const words = `must be text of 1 to ${longest} characters`;
  return z.string(words).min(1, words).max(longest, words);
}

const experimentIdField = text(100).openapi({ example: 'exp_20260102_030405_0a1b2c3d' });

const listRoute = createRoute({
  method: 'get',
  path: '/hypotheses',
  operationId: 'listHypotheses',
  tags: ['hypotheses'],
  summary: 'Hypotheses, newest id first.',
  request: {
    query: z.strictObject({
      status: z.enum(HYPOTHESIS_STATUSES, `must be one of ${HYPOTHESIS_STATUSES.join(', ')}`).optional().openapi({ description: 'Only those with this status.' }),
      limit: wholeNumber(1, 1000, 50, 'At most this many.'),
      offset: wholeNumber(0, 100_000, 0, 'Skips this many of the newest.'),
    }),
  },
  responses: {
    200: {
      description: 'One page of hypotheses.',
      content: {
        'application/json': {
          schema: z.strictObject({ success: z.literal(true), data: z.array(hypothesisInApi), total_count: z.int() }).openapi('HypothesisList'),
        },
      },
    },
    ...errorResponses(422),
  },
});

const getRoute = createRoute({
  method: 'get',
  path: '/hypotheses/{hypothesis_id}',
  operationId: 'getHypothesis',
  tags: ['hypotheses'],
  summary: 'One hypothesis, with the experiments that tested it.',
  request: { params: hypothesisParams },
  responses: { 200: answer('The hypothesis.'), ...errorResponses(404) },
});

const addBody = z
  .strictObject({
    text: text(2000),
    rationale: text(5000).optional(),
    source_experiment: experimentIdField.optional().openapi({ description: 'The experiment that suggested it.' }),
  })
  .openapi('NewHypothesis');

const addRoute = createRoute({
  method: 'post',
  path: '/hypotheses',
  operationId: 'addHypothesis',
  tags: ['hypotheses'],
  summary: 'Add a hypothesis, untested.',
  request: { body: { required: true, content: { 'application/json': { schema: addBody } } } },
  responses: { 201: answer('Added.'), ...errorResponses(400, 403, 413, 415, 422) },
});

const testBody = z.strictObject({ experiment_id: experimentIdField, verdict: z.enum(TEST_VERDICTS, `must be one of ${TEST_VERDICTS.join(', ')}`) }).openapi('HypothesisTest');

const testRoute = createRoute({
  method: 'post',
  path: '/hypotheses/{hypothesis_id}/tests',
  operationId: 'testHypothesis',
  tags: ['hypotheses'],
  summary: 'Record what an experiment says of a hypothesis; its status follows.',
  request: { params: hypothesisParams, body: { required: true, content: { 'application/json': { schema: testBody } } } },
  responses: { 200: answer('Recorded.'), ...errorResponses(400, 403, 404, 409, 413, 415, 422) },
});

/** `/hypotheses`: what is to be found out, and what experiments said of it. */
export function hypothesisRoutes(api: OpenAPIHono, { ports }: ApiDeps): void {
  api.openapi(listRoute, async (c) => {
    const { status, limit, offset } = c.req.valid('query');
    const found = (await readHypotheses(ports.objects)).filter((each) => status === undefined || each.status === status).toReversed();
    return c.json({ success: true as const, data: found.slice(offset, offset + limit), total_count: found.length }, 200);
  });

  api.openapi(getRoute, async (c) => {
    const { hypothesis_id } = c.req.valid('param');
    const found = (await readHypotheses(ports.objects)).find(({ id }) => id === hypothesis_id);
    if (found === undefined) throw notFound(hypothesis_id);
    return c.json({ success: true as const, data: found }, 200);
  });

  api.openapi(addRoute, async (c) => {
    const { text, rationale = null, source_experiment: sourceExperiment = null } = c.req.valid('json');
    const result = await addHypothesis(ports, { text, rationale, sourceExperiment });
    if (result.outcome === 'unknown_experiment') throw unknownExperiment('source_experiment', result.reason);
    return c.json({ success: true as const, data: result.hypothesis }, 201);
  });

  api.openapi(testRoute, async (c) => {
    const { hypothesis_id } = c.req.valid('param');
    const { experiment_id: experimentId, verdict } = c.req.valid('json');
    const result = await testHypothesis(ports, hypothesis_id, { experimentId, verdict });
    switch (result.outcome) {
      case 'changed':
        return c.json({ success: true as const, data: result.hypothesis }, 200);
      case 'unknown_experiment':
        throw unknownExperiment('experiment_id', result.reason);
      case 'unknown_hypothesis':
        throw notFound(hypothesis_id);
      case 'tested_before':
        throw new ApiError(409, 'HYPOTHESIS_TESTED_BEFORE', `${experimentId} has tested ${hypothesis_id} before: one experiment tests a hypothesis once.`, {
          hypothesis_id,
          experiment_id: experimentId,
        });
    }
  });
}

function unknownExperiment(field: string, reason: string): ApiError {
  return validationError([{ field: `body -> ${field}`, message: `${reason}; only a completed research has one`, type: 'unknown' }]);
}

function notFound(hypothesisId: string): ApiError {
  return new ApiError(404, 'HYPOTHESIS_NOT_FOUND', `There is no hypothesis ${hypothesisId}.`, { hypothesis_id: hypothesisId });
}
