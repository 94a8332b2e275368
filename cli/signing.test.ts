import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { strategyFile, tocsin } from '../test/support/command-line.ts';
import { type Signature, type SignedRequest, verifySignature } from '../test/support/sigv4.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { authorizationGuidance } from './authorization.ts';
import { awsSigner, signingRegion } from './signing.ts';

const SECRETS = { AKIDEXAMPLE: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

afterEach(() => void vi.unstubAllEnvs());

/** Credentials, or with null none at all, wherever they are looked for. */
async function credentials(found: { readonly id: string; readonly secret: string; readonly token?: string } | null): Promise<void> {
  for (const name of ['AWS_PROFILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_WEB_IDENTITY_TOKEN_FILE']) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  const folder = await temporaryFolder();
  vi.stubEnv('AWS_CONFIG_FILE', `${folder}/config`);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', `${folder}/credentials`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', found?.id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', found?.secret);
  vi.stubEnv('AWS_SESSION_TOKEN', found?.token);
}

/** A server that judges signatures as API Gateway would, and says 404 to what is signed well. */
async function gateway() {
  const passed: (SignedRequest & { readonly signature: Signature })[] = [];
  const server = createServer((message, response) => {
    // oxlint-disable-next-line typescript/no-floating-promises -- a rejection ends the test run
    (async () => {
      const { method = '', url: target = '', headers } = message;
      const request: SignedRequest = { method, target, headers, body: new Uint8Array(await buffer(message)) };
      try {
        passed.push({ ...request, signature: verifySignature(request, SECRETS, new Date()) });
        response.writeHead(404).end('{"success":false,"error":{"code":"NOT_FOUND","message":"Nothing is here.","details":{}}}');
      } catch (error) {
        response.writeHead(403).end(JSON.stringify({ message: (error as Error).message }));
      }
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dev`, passed };
}

const SIGNED = { id: 'AKIDEXAMPLE', secret: SECRETS.AKIDEXAMPLE };

describe('requests to an address that wants signatures', () => {
  test('are signed for execute-api, with body, query and escaped path', async () => {
    await credentials({ ...SIGNED, token: 'a/session+token=' });
    const { url, passed } = await gateway();
    const strategy = await strategyFile(await temporaryFolder());
    const at = ['--endpoint', url, '--sign-region', 'eu-central-1'];
    for (const args of [['operations', 'show', "a/b c'(ä)*"], ['operations', 'list', '--status', 'failed'], ['strategies', 'push', strategy], ['research', strategy], ['experiments', 'list'], ['operations', 'cancel', 'x']]) {
      const { err } = await tocsin(...args, ...at);
      expect(err).toContain('Nothing is here.');
    }
    expect(passed.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `GET /dev/api/v1/operations/${encodeURIComponent("a/b c'(ä)*")}`,
      'GET /dev/api/v1/operations?limit=20&status=failed',
      'POST /dev/api/v1/strategies',
      'POST /dev/api/v1/agent/trigger',
      'GET /dev/api/v1/experiments?limit=20',
      'DELETE /dev/api/v1/operations/x',
    ]);
    for (const { signature, headers } of passed) {
      expect(signature).toMatchObject({ region: 'eu-central-1', service: 'execute-api' });
      expect(signature.signedHeaders).toEqual(expect.arrayContaining(['host', 'x-amz-date', 'x-amz-security-token']));
      expect(headers['x-amz-security-token']).toBe('a/session+token=');
    }
    const withBody = passed.filter(({ body }) => body.length > 0);
    expect(withBody.map(({ signature }) => signature.signedHeaders.includes('content-type'))).toEqual([true, true, true]);
  });

  test('that are refused say so, with what to do', async () => {
    await credentials({ ...SIGNED, secret: 'another' });
    const { url, passed } = await gateway();
    const { status, err } = await tocsin('operations', 'list', '--endpoint', url, '--sign-region', 'eu-central-1');
    expect(status).toBe(1);
    expect(err).toMatch(/The signature does not match\. What to do .*secret access key.* eu-central-1/);
    const unsigned = await tocsin('operations', 'list', '--endpoint', url);
    expect(unsigned.err).toMatch(/There is no signature\. What to do .*--sign-region/);
    expect(passed).toEqual([]);
  });

  test('are not sent without credentials, and the message names what to set', async () => {
    await credentials(null);
    const { status, err } = await tocsin('operations', 'list', '--endpoint', 'https://abc.execute-api.eu-central-1.amazonaws.com/dev');
    expect(status).toBe(1);
    expect(err).toMatch(/no usable AWS credentials.*What to do .*AWS_PROFILE.*AWS_ACCESS_KEY_ID.*AWS_SECRET_ACCESS_KEY.*AWS_SESSION_TOKEN/);
  });
});

test('a region that is none, and one without a server, are bad usage', async () => {
  expect(await tocsin('operations', 'list', '--endpoint', 'http://127.0.0.1:9', '--sign-region', 'EU 1')).toMatchObject({ status: 2, err: expect.stringContaining('eu-central-1') });
  expect(await tocsin('operations', 'list', '--sign-region', 'eu-central-1')).toMatchObject({ status: 2, err: expect.stringContaining('TOCSIN_ENDPOINT') });
});

test.each([
  ['https://a1b2c3.execute-api.eu-central-1.amazonaws.com/dev', undefined, 'eu-central-1'],
  ['https://a1b2c3-vpce-0f1.execute-api.us-gov-west-1.amazonaws.com/prod', undefined, 'us-gov-west-1'],
  ['https://a1b2c3.execute-api.cn-north-1.amazonaws.com.cn/dev', undefined, 'cn-north-1'],
  ['https://a1b2c3.execute-api.eu-central-1.amazonaws.com/dev', 'us-east-1', 'us-east-1'],
  ['https://research.example.com', 'eu-west-1', 'eu-west-1'],
  ['https://research.example.com', undefined, null],
  ['http://127.0.0.1:8000', undefined, null],
  ['https://a1b2c3.execute-api.eu-central-1.amazonaws.com.example.com/dev', undefined, null],
  ['https://execute-api.eu-central-1.amazonaws.com@example.com/dev', undefined, null],
])('requests to %s with the region %s given are signed for %s', (address, given, region) => {
  expect(signingRegion(new URL(address), given)).toBe(region);
});

test('the host of a signed request is left to its sender', async () => {
  await credentials(SIGNED);
  const headers = await (await awsSigner('eu-central-1'))(new URL('http://127.0.0.1:8000/x'), { method: 'GET', headers: {}, body: undefined });
  expect(Object.keys(headers).toSorted()).toEqual(['authorization', 'x-amz-content-sha256', 'x-amz-date']);
});

describe('what to do about a refused signature', () => {
  const now = new Date('2026-01-02T03:04:05Z');
  const guidance = (code: string, message: string, date = now, region: string | null = 'eu-central-1') =>
    authorizationGuidance({ status: 403, code, message, date }, region, now);

  test.each([
    ['INVALID_SIGNATURE', 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key.', /secret access key is whole/],
    ['INVALID_SIGNATURE', 'Signature expired: 20260102T020000Z is now earlier than 20260102T025905Z', /set the clock/],
    ['INVALID_SIGNATURE', 'Signature not yet current: 20260102T040000Z is still later than 20260102T030905Z', /set the clock/],
    ['EXPIRED_TOKEN', 'The security token included in the request is expired', /credentials have expired/],
    ['MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token', /its stage/],
    ['REFUSED_BY_GATEWAY', 'The security token included in the request is invalid.', /does not know this access key/],
    ['ACCESS_DENIED', 'User: arn:aws:iam::1:user/x is not authorized to perform: execute-api:Invoke on resource: y', /allow .* execute-api:Invoke/],
    ['REFUSED_BY_GATEWAY', 'Forbidden', /execute-api:Invoke/],
  ])('%s: %s', (code, message, expected) => {
    expect(guidance(code, message)).toMatch(expected);
  });

  test('names how far the clocks are apart, whatever the words are', () => {
    expect(guidance('INVALID_SIGNATURE', 'does not match', new Date('2026-01-02T02:34:05Z'))).toMatch(/30 minutes ahead of the server/);
    expect(guidance('INVALID_SIGNATURE', 'does not match', new Date('2026-01-02T03:34:05Z'))).toMatch(/30 minutes behind the server/);
  });

  test('of a request that was not signed is to sign it; other answers need none', () => {
    expect(guidance('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token', now, null)).toMatch(/--sign-region/);
    expect(authorizationGuidance({ status: 401, code: 'UNAUTHORIZED', message: 'Unauthorized', date: null }, 'x', now)).toMatch(/user pool/);
    expect(authorizationGuidance({ status: 404, code: 'NOT_FOUND', message: 'x', date: null }, 'x', now)).toBeNull();
  });
});
