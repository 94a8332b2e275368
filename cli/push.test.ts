import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { S3ObjectStore } from '../functions/adapters/s3-object-store.ts';
import { S3Uploads } from '../functions/adapters/s3-uploads.ts';
import { createApi } from '../functions/api/app.ts';
import { INSTANCE_HEADER, lockMemory } from '../local/memory-owner.ts';
import { startServer } from '../local/server.ts';
import { startApi } from '../test/support/api.ts';
import { strategyFile, tocsin } from '../test/support/command-line.ts';
import { BUCKET, startS3Server } from '../test/support/s3-server.ts';
import { smallStrategy } from '../test/support/strategies.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

const CSV = 'timestamp,open,high,low,close,volume\n2020-01-01T00:00:00Z,1.1,1.3,1,1.2,7\n2020-01-01T01:00:00Z,1.2,1.2,1.2,1.2,0\n';
const OTHER = CSV.replace('1.3', '1.4');
const BROKEN = CSV.replace('1.3', '0.3');

afterEach(() => void vi.unstubAllEnvs());

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** A local server with its memory and data in folders of their own. */
async function localServer() {
  const folder = await temporaryFolder();
  const [memory, data] = [join(folder, 'memory'), join(folder, 'data')];
  await mkdir(data);
  const raise = (fault: unknown) => {
    throw fault;
  };
  const server = await startServer({ port: 0, memory, data, capacity: 1, defaultStrategy: null, log: ({ error }) => raise(error), onFault: raise, onCleanUpFault: (_, fault) => raise(fault) });
  onTestFinished(() => server.close());
  return { url: server.url, memory, data };
}

/** The API as on AWS, over a stand-in for S3. It owns a memory folder, so that commands find it, and look at it often. */
async function apiOnS3() {
  const s3 = await startS3Server();
  onTestFinished(() => s3.close());
  const uploads = new S3Uploads(s3.client, BUCKET, () => new Date());
  const { deps } = await startApi({ uploads, wrap: () => ({ objects: new S3ObjectStore(s3.client, BUCKET) }) });
  const api = createApi(deps);
  const instance = 'a-stand-in';
  const http = createAdaptorServer({
    async fetch(request) {
      const answer = await api.fetch(request);
      answer.headers.set(INSTANCE_HEADER, instance);
      return answer;
    },
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  const { port } = http.address() as AddressInfo;
  const memory = await temporaryFolder();
  const lock = await lockMemory(memory, { pid: process.pid, port, command: 'tocsin serve', data: memory, instance });
  onTestFinished(() => lock.release());
  return { s3, memory, url: `http://127.0.0.1:${port}` };
}

describe('tocsin data push', () => {
  test('uploads context files to their own folder', async () => {
    const { url, data } = await localServer();
    const dir = await folderWith({ 'EURUSD_1h.csv': CSV });
    await mkdir(join(dir, 'context'));
    const values = 'published_at,value\n2020-01-02T21:00:00Z,1.5\n';
    await writeFile(join(dir, 'context', 'fred_DGS10.csv'), values);
    const pushed = await tocsin('data', 'push', dir, '--endpoint', url);
    expect(pushed).toMatchObject({ status: 0, out: expect.stringMatching(/context\/fred_DGS10\.csv {2}uploaded[^]*2 files: 2 uploaded/) as string });
    expect(await readFile(join(data, 'context', 'fred_DGS10.csv'), 'utf8')).toBe(values);
    expect(await tocsin('data', 'push', dir, '--endpoint', url)).toMatchObject({ out: expect.stringContaining('2 files: 0 uploaded, 2 unchanged') as string });
  });

  test('uploads what the server does not have yet, and says of each file what became of it', async () => {
    const { url, data } = await localServer();
    const dir = await folderWith({ 'EURUSD_1h.csv': CSV, 'GBPUSD_1h.csv': OTHER, 'notes.txt': 'no data' });
    const first = await tocsin('data', 'push', dir, '--endpoint', url);
    expect(first).toEqual({
      status: 0,
      out: `EURUSD_1h.csv  uploaded, 113 bytes\nGBPUSD_1h.csv  uploaded, 113 bytes\n2 files: 2 uploaded, 0 unchanged, to ${url}\n`,
      err: '',
    });
    expect(await readdir(data)).toEqual(['EURUSD_1h.csv', 'GBPUSD_1h.csv']);
    expect(await readFile(join(data, 'GBPUSD_1h.csv'), 'utf8')).toBe(OTHER);

    await writeFile(join(dir, 'EURUSD_1h.csv'), OTHER);
    const second = await tocsin('data', 'push', dir, '--endpoint', url);
    expect(second.out).toBe(`EURUSD_1h.csv  uploaded, 113 bytes\nGBPUSD_1h.csv  unchanged\n2 files: 1 uploaded, 1 unchanged, to ${url}\n`);
    expect(await readFile(join(data, 'EURUSD_1h.csv'), 'utf8')).toBe(OTHER);
  });

  test.each([
    ['a file that cannot be trusted', { 'GBPUSD_1h.csv': BROKEN }, /GBPUSD_1h\.csv {2}FAILED\n {2}\[DATA_HIGH_LOW\]/],
    ['a name that is none', { 'GBPUSD.csv': CSV }, /GBPUSD\.csv {2}FAILED\n {2}\[DATA_FILE_NAME_INVALID\]/],
    ['a symbol that no store takes', { '_GBPUSD_1h.csv': CSV }, /_GBPUSD_1h\.csv {2}FAILED\n {2}\[OBJECT_KEY_INVALID\]/],
  ])('uploads nothing at all where there is %s', async (_, bad, message) => {
    const { url, data } = await localServer();
    const { status, out } = await tocsin('data', 'push', await folderWith({ 'EURUSD_1h.csv': CSV, ...bad }), '--endpoint', url);
    expect(status).toBe(1);
    expect(out).toMatch(message);
    expect(out).toContain('2 files: 1 ok, 1 failed; nothing was uploaded');
    expect(await readdir(data)).toEqual([]);
  });

  test('goes through the server that owns the memory folder, or works alone', async () => {
    const dir = await folderWith({ 'EURUSD_1h.csv': CSV });
    const { memory, data } = await localServer();
    expect((await tocsin('data', 'push', dir, '--memory', memory)).out).toContain(`1 uploaded, 0 unchanged, to ${data}`);

    const alone = await temporaryFolder();
    const args = ['data', 'push', dir, '--memory', join(alone, 'memory'), '--data', join(alone, 'data')];
    expect((await tocsin(...args)).out).toContain(`1 uploaded, 0 unchanged, to ${join(alone, 'data')}`);
    expect((await tocsin(...args)).out).toContain('0 uploaded, 1 unchanged');
    expect(await readFile(join(alone, 'data', 'EURUSD_1h.csv'), 'utf8')).toBe(CSV);
  });

  test('uploads to S3 where the API says so, and knows what is there', async () => {
    const { s3, url } = await apiOnS3();
    const dir = await folderWith({ 'EURUSD_1h.csv': CSV, 'GBPUSD_1h.csv': OTHER });
    expect((await tocsin('data', 'push', dir, '--endpoint', url)).out).toContain('2 uploaded, 0 unchanged');
    expect(new TextDecoder().decode(s3.objects.get('market-data/EURUSD_1h.csv'))).toBe(CSV);
    expect((await tocsin('data', 'push', dir, '--endpoint', url)).out).toContain('0 uploaded, 2 unchanged');
    expect(s3.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(2);
  });

  test('tries again where the store is busy', async () => {
    const { s3, memory } = await apiOnS3();
    const dir = await folderWith({ 'EURUSD_1h.csv': CSV });
    s3.failPuts({ status: 503, code: 'SlowDown' });
    expect(await tocsin('data', 'push', dir, '--memory', memory)).toMatchObject({ status: 0, out: expect.stringContaining('1 uploaded') });
    expect(s3.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(2);
  });

  test('ends where the store refuses, with what it said and how far it came', async () => {
    const { s3, memory } = await apiOnS3();
    await tocsin('data', 'push', await folderWith({ 'AUDUSD_1h.csv': CSV }), '--memory', memory);
    s3.failPuts({ status: 403, code: 'AccessDenied' });
    const { status, err } = await tocsin('data', 'push', await folderWith({ 'AUDUSD_1h.csv': CSV, 'EURUSD_1h.csv': CSV, 'GBPUSD_1h.csv': CSV }), '--memory', memory);
    expect(status).toBe(1);
    expect(err).toContain('EURUSD_1h.csv was not uploaded: the store answered with status 403 (AccessDenied: a stand-in says AccessDenied).');
    expect(err).toContain('1 of 3 files are there.');
    expect([...s3.objects.keys()]).toEqual(['market-data/AUDUSD_1h.csv']);
  });

  test('says that nobody answers before it uploads anything', async () => {
    const { status, err } = await tocsin('data', 'push', await folderWith({ 'EURUSD_1h.csv': CSV }), '--endpoint', 'http://127.0.0.1:9');
    expect(status).toBe(1);
    expect(err).toContain('Nothing answers at http://127.0.0.1:9');
  });
});

describe('tocsin strategies', () => {
  test('push stores valid files under their names, list shows them', async () => {
    const { url } = await localServer();
    const folder = await temporaryFolder();
    const files = [await strategyFile(folder), await strategyFile(folder, smallStrategy({ name: 'other' }), 'b.yaml')];
    const at = ['--endpoint', url];
    expect(await tocsin('strategies', 'list', ...at)).toMatchObject({ status: 0, out: 'There are no strategies.\n' });
    expect(await tocsin('strategies', 'push', ...files, ...at)).toEqual({ status: 0, out: `${files[0]}  stored: small\n${files[1]}  stored: other\n`, err: '' });
    expect((await tocsin('strategies', 'push', ...files, ...at)).out).toBe(`${files[0]}  unchanged: small\n${files[1]}  unchanged: other\n`);
    const { out } = await tocsin('strategies', 'list', ...at);
    expect(out).toMatch(/^STRATEGY +SYMBOLS +TIMEFRAMES +FEATURES +LABELS +VALID\nother +SPX +1d +3 +zigzag +yes\nsmall .*\n2 of 2 strategies\n$/);
    const listed = JSON.parse((await tocsin('strategies', 'list', '--json', '--limit', '1', ...at)).out) as { name: string }[];
    expect(listed.map(({ name }) => name)).toEqual(['other']);
  });

  test('push replaces another strategy of the same name only when told to', async () => {
    const { url, memory } = await localServer();
    const folder = await temporaryFolder();
    const yaml = stringify(smallStrategy());
    const [mine, another] = [await strategyFile(folder, yaml), await strategyFile(folder, `# another\n${yaml}`, 'b.yaml')];
    const third = await strategyFile(folder, smallStrategy({ name: 'third' }), 'c.yaml');
    const at = ['--endpoint', url];
    const stored = () => readFile(join(memory, 'strategies', 'small.yaml'), 'utf8');
    await tocsin('strategies', 'push', mine, ...at);
    const refused = await tocsin('strategies', 'push', another, third, ...at);
    expect(refused).toMatchObject({ status: 1, out: `${another}  NOT STORED: small\n${third}  stored: third\n` });
    expect(refused.err).toMatch(/stored under this name already.*b\.yaml: small.*--overwrite/);
    expect(await stored()).toBe(yaml);
    expect(await tocsin('strategies', 'push', another, '--overwrite', ...at)).toMatchObject({ status: 0, out: `${another}  stored: small\n` });
    expect(await stored()).toBe(`# another\n${yaml}`);
  });

  test('push stores nothing where a file is invalid, unreadable, or has the name of another one', async () => {
    const { url, memory } = await localServer();
    const folder = await temporaryFolder();
    const files = [
      await strategyFile(folder),
      await strategyFile(folder, { ...smallStrategy({ name: 'wrong' }), model: 5 }, 'wrong.yaml'),
      await strategyFile(folder, smallStrategy(), 'twice.yaml'),
      join(folder, 'nowhere.yaml'),
    ];
    const { status, out, err } = await tocsin('strategies', 'push', ...files, '--endpoint', url);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/wrong\.yaml: model.*twice\.yaml: its name, small, is that of .*strategy\.yaml too.*nowhere\.yaml cannot be read/);
    expect(await readdir(memory)).not.toContain('strategies');
  });
});

describe('TOCSIN_ENDPOINT', () => {
  test('is the server of commands that say nothing of the place', async () => {
    const { url, memory } = await localServer();
    vi.stubEnv('TOCSIN_ENDPOINT', `${url}/`);
    expect(await tocsin('strategies', 'list')).toMatchObject({ status: 0 });
    vi.stubEnv('TOCSIN_ENDPOINT', 'http://127.0.0.1:9');
    expect((await tocsin('strategies', 'list')).err).toContain('http://127.0.0.1:9');
    expect(await tocsin('strategies', 'list', '--memory', memory)).toMatchObject({ status: 0 });
    expect(await tocsin('strategies', 'list', '--endpoint', url)).toMatchObject({ status: 0 });
  });

  test('that is no address is bad usage', async () => {
    vi.stubEnv('TOCSIN_ENDPOINT', 'localhost:8000');
    expect(await tocsin('operations', 'list')).toMatchObject({ status: 2, err: expect.stringMatching(/TOCSIN_ENDPOINT.*http:\/\//) });
  });
});
