import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sha256Hex } from '../shared/hash.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { FolderObjectStore } from './folder-object-store.ts';
import { startServer } from './server.ts';
import { LocalUploads } from './uploads.ts';

const CSV = 'timestamp,open,high,low,close,volume\n2020-01-01T00:00:00Z,1,1,1,1,0\n';

interface Grant {
  readonly url: string;
  readonly headers: Record<string, string>;
}

async function serve() {
  const [memory, data] = [await temporaryFolder(), await temporaryFolder()];
  const faults: unknown[] = [];
  const server = await startServer({ port: 0, memory, data, capacity: 1, defaultStrategy: null, log: ({ error }) => faults.push(error), onFault: (fault) => faults.push(fault), onCleanUpFault: (_, fault) => faults.push(fault) });
  onTestFinished(async () => {
    await server.close();
    expect(faults).toEqual([]);
  });
  const grant = async (content = CSV, symbol = 'EURUSD'): Promise<Grant> => {
    const body = JSON.stringify({ symbol, timeframe: '1h', bytes: Buffer.byteLength(content), sha256: sha256Hex(content) });
    const answer = await fetch(`${server.url}/api/v1/market-data/uploads`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { data: granted } = (await answer.json()) as { data: { upload: Grant } };
    return { ...granted.upload, url: `${server.url}/api/v1/${granted.upload.url}` };
  };
  const send = async ({ url, headers }: Grant, body: string | ReadableStream) => {
    const answer = await fetch(url, { method: 'PUT', headers, body, ...(typeof body !== 'string' && { duplex: 'half' as const }) });
    return { status: answer.status, body: (await answer.json()) as { error?: { code: string }; data?: object } };
  };
  return { server, data, grant, send, files: () => readdir(data) };
}

describe('an upload to the local server', () => {
  test('puts the granted file into the data folder, whole', async () => {
    const { data, grant, send, files } = await serve();
    await writeFile(join(data, 'EURUSD_1h.csv'), 'what was there before');
    expect(await send(await grant(), CSV)).toEqual({ status: 200, body: { success: true, data: { key: 'market-data/EURUSD_1h.csv', size: CSV.length } } });
    expect(await readFile(join(data, 'EURUSD_1h.csv'), 'utf8')).toBe(CSV);
    expect(await files()).toEqual(['EURUSD_1h.csv']);
  });

  test('takes a body in chunks that does not say how long it is', async () => {
    const { data, grant, send } = await serve();
    const half = CSV.length >> 1;
    const chunks = [CSV.slice(0, half), CSV.slice(half)].map((part) => new TextEncoder().encode(part));
    expect((await send(await grant(), ReadableStream.from(chunks))).status).toBe(200);
    expect(await readFile(join(data, 'EURUSD_1h.csv'), 'utf8')).toBe(CSV);
  });

  test('is larger than the limit of other bodies', async () => {
    const { grant, send, files } = await serve();
    const large = 'x'.repeat(3_000_000);
    expect((await send(await grant(large), large)).status).toBe(200);
    expect(await files()).toEqual(['EURUSD_1h.csv']);
  });

  test.each([
    ['other content of the same length', CSV.toUpperCase(), 400, 'UPLOAD_DIFFERS'],
    ['a longer file', `${CSV}x`, 413, 'UPLOAD_TOO_LARGE'],
    ['a shorter file', CSV.slice(1), 400, 'UPLOAD_INCOMPLETE'],
    ['nothing', '', 400, 'UPLOAD_INCOMPLETE'],
  ])('of %s is refused, and nothing is stored', async (_, body, status, code) => {
    const { grant, send, files } = await serve();
    const refused = { status, body: { error: { code } } };
    expect(await send(await grant(), body)).toMatchObject(refused);
    expect(await send(await grant(), ReadableStream.from([new TextEncoder().encode(body)]))).toMatchObject(refused);
    expect(await files()).toEqual([]);
  });

  test('a body without end is cut off', async () => {
    const { grant, send, files } = await serve();
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) });
    const outcome = await send(await grant(), endless).then(
      ({ status }) => status,
      () => 'cut',
    );
    expect([413, 'cut']).toContain(outcome);
    expect(await files()).toEqual([]);
  });

  test('goes once, whatever became of it', async () => {
    const { grant, send } = await serve();
    const used = await grant();
    expect((await send(used, CSV)).status).toBe(200);
    const failed = await grant(`${CSV}x`);
    expect((await send(failed, CSV)).status).toBe(400);
    const refused = { status: 403, body: { error: { code: 'UPLOAD_NOT_GRANTED' } } };
    expect(await send(used, CSV)).toMatchObject(refused);
    expect(await send(failed, `${CSV}x`)).toMatchObject(refused);
    expect(await send({ ...used, url: used.url.replace(/\/[^/]+$/, '/guessed') }, CSV)).toMatchObject(refused);
  });

  test('that breaks off leaves nothing', async () => {
    const { server, grant, files } = await serve();
    const { url } = await grant();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(`PUT ${new URL(url).pathname} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${CSV.length}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('100 Continue');
    socket.write(CSV.slice(0, 20));
    socket.destroy();
    await once(socket, 'close');
    expect((await fetch(url, { method: 'PUT', body: CSV })).status).toBe(403);
    await server.close();
    expect(await files()).toEqual([]);
  });
});

describe('a grant of the local server', () => {
  async function granted() {
    const folder = await temporaryFolder();
    const clock = { at: new Date('2026-01-02T03:04:05Z') };
    const uploads = new LocalUploads(new FolderObjectStore({ memory: folder, marketData: folder }), () => clock.at);
    const { url, expiresAt } = await uploads.grant('market-data/EURUSD_1h.csv', { bytes: CSV.length, sha256: sha256Hex(CSV), contentType: 'text/csv' });
    const receive = (body: string | ReadableStream) => uploads.receive(url.replace('uploads/', ''), new Request('http://host', { method: 'PUT', body, duplex: 'half' }));
    return { clock, expiresAt, receive, files: () => readdir(folder) };
  }

  test('ends after five minutes', async () => {
    const { clock, expiresAt, receive, files } = await granted();
    clock.at = expiresAt;
    await expect(receive(CSV)).rejects.toMatchObject({ status: 403, code: 'UPLOAD_NOT_GRANTED' });
    expect(await files()).toEqual([]);
  });

  test('is used up by an upload that breaks off', async () => {
    const { receive, files } = await granted();
    let sent = false;
    const broken = new ReadableStream({
      pull(controller) {
        if (sent) controller.error(new Error('the line is dead'));
        else controller.enqueue(new TextEncoder().encode(CSV.slice(0, 20)));
        sent = true;
      },
    });
    await expect(receive(broken)).rejects.toMatchObject({ status: 400, code: 'UPLOAD_INTERRUPTED', cause: { message: 'the line is dead' } });
    await expect(receive(CSV)).rejects.toMatchObject({ status: 403 });
    expect(await files()).toEqual([]);
  });
});
