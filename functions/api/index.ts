import { randomInt } from 'node:crypto';
import { SFNClient } from '@aws-sdk/client-sfn';
import { handle, type LambdaContext } from 'hono/aws-lambda';
import { TOCSIN_VERSION } from '../../shared/version.ts';
import { SfnWorkflows } from '../adapters/sfn-workflows.ts';
import { AWS_CLIENT } from '../aws-client.ts';
import { awsStores, awsUploads } from '../aws-stores.ts';
import { apiEnvironment, readEnvironment } from '../environment.ts';
import { errorFields, jsonLog } from '../log.ts';
import { API_PREFIX, createApi } from './app.ts';
import { storedStrategy } from './default-strategy.ts';
import { atRoot, callerOf, type GatewayEvent, type RequestContext } from './gateway-event.ts';

const UINT32 = 2 ** 32;

const environment = readEnvironment(apiEnvironment);
const ports = awsStores(environment);
const log = jsonLog({ service: 'tocsin-api', stage: environment.STAGE });
// Lambda gives one request at a time to an instance.
let requestId = '';

const app = createApi({
  ports,
  uploads: awsUploads(environment),
  workflows: new SfnWorkflows(new SFNClient(AWS_CLIENT), environment.STATE_MACHINE_ARN),
  capacity: environment.CAPACITY,
  random: () => randomInt(UINT32),
  defaultStrategy: environment.DEFAULT_STRATEGY === undefined ? null : storedStrategy(ports.objects, environment.DEFAULT_STRATEGY),
  version: TOCSIN_VERSION,
  callerOf: (context) => callerOf((context.env as { readonly requestContext: RequestContext }).requestContext),
  log: ({ errorId, method, path, status, error }) => {
    log('ERROR', 'answered with a server error', { request_id: requestId, error_id: errorId, method, path, status, error: errorFields(error) });
  },
});
const respond = handle(app);

/** The API function: requests of an API Gateway REST API in, answers out. */
export async function handler(event: GatewayEvent, context: LambdaContext) {
  requestId = context.awsRequestId;
  return respond(atRoot(event, API_PREFIX), context);
}
