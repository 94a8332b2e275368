import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { NONCE, secureHeaders } from 'hono/secure-headers';
import { limitBody, readableJson } from './body.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, errorAnswer, errorHandler, refuseInvalid } from './errors.ts';
import { agentRoutes } from './routes/agent.ts';
import { docsRoutes } from './routes/docs.ts';
import { experimentRoutes } from './routes/experiments.ts';
import { hypothesisRoutes } from './routes/hypotheses.ts';
import { healthRoutes } from './routes/health.ts';
import { marketDataRoutes } from './routes/market-data.ts';
import { operationRoutes } from './routes/operations.ts';
import { strategyRoutes } from './routes/strategies.ts';

/** All paths begin with it. */
export const API_PREFIX = '/api/v1';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Browsers let any page send requests, though not read the answers: no such page may start or stop anything here. */
const refuseForeignPages: MiddlewareHandler = async (c, next) => {
  if (c.req.header('sec-fetch-site') === 'cross-site' && !SAFE_METHODS.includes(c.req.method)) {
    throw new ApiError(403, 'FOREIGN_ORIGIN', 'Pages of other sites cannot change anything here.');
  }
  await next();
};

/**
 * The HTTP API, the same in Lambda and locally. Bad input is answered with 4xx naming field and reason, before anything is
 * started or stored; an unreachable store with 503; anything unforeseen with 500 and an error id, which `deps.log` receives too.
 */
export function createApi(deps: ApiDeps): OpenAPIHono {
  const app = new OpenAPIHono();
  app.onError(errorHandler(deps.log));
  app.notFound((c) =>
    errorAnswer(c, new ApiError(404, 'NOT_FOUND', `There is nothing at ${c.req.path}: GET ${API_PREFIX}/docs lists what there is.`)),
  );
  const none = ["'none'"];
  app.use(
    secureHeaders({ contentSecurityPolicy: { defaultSrc: none, styleSrc: [NONCE], frameAncestors: none, baseUri: none, formAction: none } }),
  );
  app.use(async (c, next) => {
    await next();
    c.header('cache-control', 'no-store');
  });
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        c.header('allow', methods.join(', '));
        const message = `${c.req.path} does not know ${c.req.method}, only ${methods.join(', ')}.`;
        return errorAnswer(c, new ApiError(405, 'METHOD_NOT_ALLOWED', message));
      },
    }),
  );
  app.use(refuseForeignPages, limitBody, readableJson);

  const api = new OpenAPIHono({ defaultHook: refuseInvalid });
  agentRoutes(api, deps);
  operationRoutes(api, deps);
  experimentRoutes(api, deps);
  hypothesisRoutes(api, deps);
  strategyRoutes(api, deps);
  marketDataRoutes(api, deps);
  healthRoutes(api, deps);
  docsRoutes(api, app, deps);
  // Relative: on AWS a stage precedes the path.
  app.get('/docs', (c) => c.redirect(`${API_PREFIX.slice(1)}/docs`));
  return app.route(API_PREFIX, api);
}
