import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { call, objects } from './cloud.ts';
import { dailyKey, sp500Bars } from './market.ts';

interface Grant {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function grantFor(symbol: string, content: Buffer): Promise<Grant | null> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const answer = await call('POST', '/market-data/uploads', { json: { symbol, timeframe: '1d', bytes: content.length, sha256 } });
  expect(answer.status).toBe(200);
  return (answer.body as { data: { upload: Grant | null } }).data.upload;
}

async function put({ url, headers }: Grant, content: Buffer): Promise<number> {
  return (await fetch(url, { method: 'PUT', headers, body: new Uint8Array(content) })).status;
}

describe('market data through a presigned upload', () => {
  test('arrives as it was announced, and nothing else does', async () => {
    const content = Buffer.from(await sp500Bars('PUSHED', 0, 500));
    const tampered = Buffer.from(content);
    tampered[tampered.length - 2] = 0x39;
    // An earlier run against the same stage may have left it.
    await objects.delete(dailyKey('PUSHED'));
    const grant = await grantFor('PUSHED', content);
    expect(await put(grant!, tampered)).toBeGreaterThanOrEqual(400);
    expect(await objects.get(dailyKey('PUSHED'))).toBeNull();
    expect(await put(grant!, content)).toBe(200);
    expect(Buffer.from((await objects.get(dailyKey('PUSHED')))!).equals(content)).toBe(true);
    expect(await grantFor('PUSHED', content)).toBeNull();
  });
});
