import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { UploadGrant } from '../../shared/ports/index.ts';
import { BUCKET, startS3Server } from '../../test/support/s3-server.ts';
import { S3Uploads } from './s3-uploads.ts';

const KEY = 'market-data/EURUSD_1h.csv';
const CONTENT = 'timestamp,open,high,low,close,volume\n';
const described = (text: string) => ({ bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex'), contentType: 'text/csv' });

async function open() {
  const clock = { at: new Date('2026-01-02T03:04:05Z') };
  const server = await startS3Server({ now: () => clock.at });
  onTestFinished(() => server.close());
  return { server, clock, uploads: new S3Uploads(server.client, BUCKET, () => clock.at) };
}

const send = ({ url, headers, method }: UploadGrant, body: string, changed: Record<string, string> = {}) =>
  fetch(url, { method, headers: { ...headers, ...changed }, body });

describe('uploads to a stand-in for S3', () => {
  test('a granted file arrives, and its SHA-256 is known from then on', async () => {
    const { server, uploads } = await open();
    expect(await uploads.storedSha256(KEY)).toBeNull();
    const grant = await uploads.grant(KEY, described(CONTENT));
    expect(grant.expiresAt).toEqual(new Date('2026-01-02T03:09:05Z'));
    expect((await send(grant, CONTENT)).status).toBe(200);
    expect(new TextDecoder().decode(server.objects.get(KEY))).toBe(CONTENT);
    expect(await uploads.storedSha256(KEY)).toBe(described(CONTENT).sha256);
  });

  test.each([
    ['other content of the same length', CONTENT.toUpperCase(), {}, 400],
    ['other content under its own SHA-256', CONTENT.toUpperCase(), { 'x-amz-checksum-sha256': createHash('sha256').update(CONTENT.toUpperCase()).digest('base64') }, 403],
    ['a longer file', `${CONTENT}x`, {}, 403],
    ['a shorter file', CONTENT.slice(1), {}, 403],
    ['another type', CONTENT, { 'content-type': 'text/html' }, 403],
  ])('%s is refused, and nothing is stored', async (_, body, changed, status) => {
    const { server, uploads } = await open();
    const answer = await send(await uploads.grant(KEY, described(CONTENT)), body, changed);
    expect(answer.status).toBe(status);
    expect(server.objects.size).toBe(0);
  });

  test('a grant is of its own key and method alone', async () => {
    const { server, uploads } = await open();
    const grant = await uploads.grant(KEY, described(CONTENT));
    expect((await send({ ...grant, url: grant.url.replace('EURUSD', 'GBPUSD') }, CONTENT)).status).toBe(403);
    expect((await fetch(grant.url, { method: 'DELETE', headers: grant.headers })).status).toBe(403);
    expect((await send({ ...grant, headers: { 'content-type': 'text/csv' } }, CONTENT)).status).toBe(403);
    expect(server.objects.size).toBe(0);
  });

  test('a grant ends after five minutes', async () => {
    const { clock, uploads } = await open();
    const grant = await uploads.grant(KEY, described(CONTENT));
    clock.at = new Date(grant.expiresAt.getTime() + 1);
    expect((await send(grant, CONTENT)).status).toBe(403);
  });

  test.each([
    ['put without one', undefined],
    ['of several parts', 'A'.repeat(43).concat('=-2')],
  ])('the SHA-256 of an object %s is not known', async (_, checksum) => {
    const { server, uploads } = await open();
    server.objects.set(KEY, new Uint8Array(3));
    if (checksum !== undefined) server.checksums.set(KEY, checksum);
    expect(await uploads.storedSha256(KEY)).toBeNull();
  });

  test('a store that cannot tell is a StorageError, and so is a key that is none', async () => {
    const { server, uploads } = await open();
    server.fail({ status: 403, code: 'AccessDenied' });
    await expect(uploads.storedSha256(KEY)).rejects.toMatchObject({ name: 'StorageError', code: 'OBJECT_READ_FAILED', facts: { key: KEY, reason: 'an answer of status 403' } });
    await expect(uploads.grant('elsewhere/x', described(CONTENT))).rejects.toMatchObject({ code: 'OBJECT_KEY_INVALID' });
  });

  test('a grant that cannot be signed is a StorageError', async () => {
    const nobody = new S3Client({ region: 'local', credentials: () => Promise.reject(new Error('no credentials here')) });
    const uploads = new S3Uploads(nobody, BUCKET, () => new Date());
    await expect(uploads.grant(KEY, described(CONTENT))).rejects.toMatchObject({
      name: 'StorageError',
      code: 'OBJECT_WRITE_FAILED',
      facts: { key: KEY, reason: expect.stringContaining('no credentials here') },
    });
  });
});
