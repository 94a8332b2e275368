import type { LambdaEvent } from 'hono/aws-lambda';

/** A request as an API Gateway REST API hands it on. */
export type GatewayEvent = Extract<LambdaEvent, { readonly resource: string }>;

/** Who sent a request, as far as the gateway tells. */
export type RequestContext = Pick<GatewayEvent['requestContext'], 'identity'> & {
  readonly authorizer?: { readonly claims?: unknown } | null;
};

/**
 * Who asks: the user of a Cognito pool, the IAM principal that signed the request, or, where the gateway has let in a request of nobody,
 * the address that it came from.
 */
export function callerOf({ authorizer, identity }: RequestContext): string {
  const subject = subjectOf(authorizer?.claims);
  if (subject !== null) return `user:${subject}`;
  // Also null in events, whatever its type says.
  const principal = identity.userArn ?? null;
  return principal === null ? `address:${identity.sourceIp}` : `principal:${principal}`;
}

/** The event as it would be at the host's root: some gateways leave the stage, or the base path of a domain, in the path. */
export function atRoot(event: GatewayEvent, prefix: string): GatewayEvent {
  const second = event.path.indexOf('/', 1);
  const below = event.path.slice(second);
  return second > 1 && (below === prefix || below.startsWith(`${prefix}/`)) ? { ...event, path: below } : event;
}

function subjectOf(claims: unknown): string | null {
  return typeof claims === 'object' && claims !== null && 'sub' in claims && typeof claims.sub === 'string' ? claims.sub : null;
}
