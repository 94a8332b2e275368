import { describe, expect, test } from 'vitest';
import { atRoot, callerOf, type GatewayEvent } from './gateway-event.ts';

const identity = { sourceIp: '192.0.2.1', userAgent: 'curl' };
const USER = 'arn:aws:iam::000000000000:user/anna';

describe('the caller', () => {
  test.each([
    ['the user of a Cognito pool', { identity, authorizer: { claims: { sub: '1234' } } }, 'user:1234'],
    ['the IAM principal that signed', { identity: { ...identity, userArn: USER }, authorizer: null }, `principal:${USER}`],
    ['the address, where nobody is known', { identity: { ...identity, userArn: null as unknown as string } }, 'address:192.0.2.1'],
    ['the address, where claims name nobody', { identity, authorizer: { claims: {} } }, 'address:192.0.2.1'],
    ['the address, where there are no claims', { identity, authorizer: { claims: null } }, 'address:192.0.2.1'],
    ['the address, where the subject is no text', { identity, authorizer: { claims: { sub: 5 } } }, 'address:192.0.2.1'],
  ])('is %s', (_, context, caller) => {
    expect(callerOf(context)).toBe(caller);
  });
});

test.each([
  ['/api/v1/health', '/api/v1/health'],
  ['/prod/api/v1/health', '/api/v1/health'],
  ['/prod/api/v1', '/api/v1'],
  ['/api/v1/api/v1/x', '/api/v1/api/v1/x'],
  ['/prod/api/v10/health', '/prod/api/v10/health'],
  ['/a/b/api/v1/health', '/a/b/api/v1/health'],
  ['//api/v1/health', '//api/v1/health'],
  ['/api', '/api'],
  ['/', '/'],
])('the path %s is %s for the API', (path, expected) => {
  expect(atRoot({ path } as GatewayEvent, '/api/v1')).toMatchObject({ path: expected });
});
