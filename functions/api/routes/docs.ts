import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ApiDeps } from '../deps.ts';
import { docsPage } from '../docs-page.ts';
import { errorResponses } from '../errors.ts';

const DESCRIPTION = [
  'Tocsin trains a small neuro-fuzzy model on a trading strategy, backtests it and records the experiment, or says why not.',
  'An operation ends as `completed` (its numbers are valid, good or poor, and there is exactly one experiment), `failed` (with the reason;',
  'there is no experiment) or `cancelled`. Errors have the form `{"success": false, "error": {code, message, details}}`.',
].join(' ');

const openApiRoute = createRoute({
  method: 'get',
  path: '/openapi.json',
  operationId: 'openApi',
  tags: ['platform'],
  summary: 'This API as an OpenAPI 3.1 document.',
  responses: {
    200: { description: 'The document.', content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } } },
    ...errorResponses(),
  },
});

const docsRoute = createRoute({
  method: 'get',
  path: '/docs',
  operationId: 'docs',
  tags: ['platform'],
  summary: 'This API as a page to read.',
  responses: { 200: { description: 'The page.', content: { 'text/html': { schema: z.string() } } }, ...errorResponses() },
});

/** `/openapi.json` and `/docs`, both made from the routes of `app`. */
export function docsRoutes(api: OpenAPIHono, app: OpenAPIHono, deps: ApiDeps): void {
  // Paths hold the API's prefix; a stage prefix before it is whatever the document was fetched from.
  const document = () =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Tocsin', version: deps.version, description: DESCRIPTION },
      servers: [{ url: '../..', description: 'The host, and stage, that this document comes from.' }],
    });

  api.openapi(openApiRoute, (c) => c.json(document() as unknown as Record<string, unknown>, 200));

  api.openapi(docsRoute, (c) => c.html(docsPage(document(), c.get('secureHeadersNonce'))));
}
