import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { bundleEntry, bundleFunction } from '../infra/bundle.ts';
import { FUNCTION_NAMES } from '../infra/function-sizes.ts';
import { readCause } from '../shared/errors/cause.ts';
import { PIPELINE_ERRORS } from '../shared/errors/index.ts';
import { startBundledCloud } from '../test/support/bundled-cloud.ts';
import { HOST, startLambda } from '../test/support/lambda.ts';
import { smallStrategy } from '../test/support/strategies.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

const MB = 1_000_000;
const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  STAGE: 'test',
  TABLE_NAME: 'operations',
  BUCKET_NAME: 'bucket',
  CAPACITY: '2',
  STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:000000000000:stateMachine:research-cycle',
};

/** Built for this machine, so that it can run them. */
let bundles: string;

beforeAll(async () => {
  bundles = await mkdtemp(join(tmpdir(), 'tocsin-bundles-'));
  await Promise.all(FUNCTION_NAMES.map((name) => bundleFunction(name, join(bundles, name), HOST)));
});
afterAll(() => rm(bundles, { recursive: true, force: true }));

/** Files below a folder, by their path in it. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name))).toSorted();
}

/** About what the folder takes as a zip file. */
async function zippedSize(folder: string): Promise<number> {
  let bytes = 0;
  for (const file of await filesOf(folder)) bytes += deflateRawSync(await readFile(join(folder, file))).length + 2 * (46 + file.length);
  return bytes;
}

async function hashOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await filesOf(folder)) hash.update(file).update(await readFile(join(folder, file)));
  return hash.digest('hex');
}

describe('a bundled function', () => {
  test.each(FUNCTION_NAMES)('%s loads with nothing in reach but its bundle', async (name) => {
    const instance = await startLambda(join(bundles, name), ENVIRONMENT);
    onTestFinished(() => instance.close());
    expect(instance.loadMs).toBeGreaterThan(0);
  });

  test.each(FUNCTION_NAMES)('%s without its environment is refused by name, before any request', async (name) => {
    await expect(startLambda(join(bundles, name), { AWS_REGION: 'eu-central-1', STAGE: 'test' })).rejects.toThrow(/ENVIRONMENT_INVALID.*TABLE_NAME.*BUCKET_NAME/);
  });

  test('holds native code only where models are trained or run, and only for its target', async () => {
    const native = async (folder: string) => (await filesOf(folder)).filter((file) => /\.(node|so|dylib|dll)(\.\d+)*$/.test(file));
    for (const name of ['api', 'record', 'reconcile']) expect(await filesOf(join(bundles, name))).toEqual(['index.mjs', 'index.mjs.map']);
    const folder = await temporaryFolder();
    for (const architecture of ['x64', 'arm64'] as const) {
      await bundleFunction('train', folder, { architecture });
      const binaries = `node_modules/onnxruntime-node/bin/napi-v6/linux/${architecture}`;
      expect(await native(folder)).toEqual([`${binaries}/libonnxruntime.so.1`, `${binaries}/onnxruntime_binding.node`]);
    }
  });

  test('is built from the same sources to the same bytes, wherever it goes', async () => {
    const folder = await temporaryFolder();
    await bundleFunction('train', join(folder, 'another', 'place'), HOST);
    expect(await hashOf(join(folder, 'another', 'place'))).toBe(await hashOf(join(bundles, 'train')));
  });

  test('keeps to its budget of size', async () => {
    expect((await stat(join(bundles, 'api', 'index.mjs'))).size).toBeLessThan(1.2 * MB);
    const folder = await temporaryFolder();
    for (const name of ['train', 'backtest'] as const) {
      await bundleFunction(name, folder, { architecture: 'x64' });
      expect(await zippedSize(folder), name).toBeLessThan(20 * MB);
    }
  });
});

test('every error class still has its name after minification, with its words and where it was thrown', async () => {
  const folder = await temporaryFolder();
  await bundleEntry(fileURLToPath(new URL('../test/support/throwing-function.ts', import.meta.url)), folder, HOST);
  const instance = await startLambda(folder, ENVIRONMENT);
  onTestFinished(() => instance.close());
  for (const name of Object.keys(PIPELINE_ERRORS)) {
    const { error } = await instance.invoke({ name });
    expect(error).toMatchObject({ errorType: name, errorMessage: '[ASKED_FOR] It was asked for. Ask for nothing.' });
    expect(error?.trace[0]).toBe(name);
    expect(error?.trace[1]).toMatch(/test\/support\/throwing-function\.ts:\d+/);
    expect(error?.trace.length).toBeLessThanOrEqual(11);
  }
});

describe('the bundled functions together', () => {
  test('run a whole cycle: train, backtest and record in their pruned bundles, asked for and shown by the API', async () => {
    const cloud = await startBundledCloud(bundles);
    const triggered = await cloud.call('POST', '/agent/trigger', { strategy: smallStrategy() });
    expect(triggered.status).toBe(202);
    const id = triggered.body.operation_id;
    expect(await cloud.runExecution(id)).toEqual({ status: 'SUCCEEDED' });

    const { body } = await cloud.call('GET', `/operations/${id}`);
    expect(body.data).toMatchObject({ status: 'completed', progress: { percentage: 100 }, execution_arn: expect.stringContaining(id) });
    const experiment = await cloud.call('GET', `/experiments/${body.data.experiment_id}`);
    expect(experiment.status).toBe(200);
    expect([...cloud.s3.objects.keys()].filter((key) => key.startsWith('memory/'))).toEqual(
      expect.arrayContaining([`memory/experiments/${body.data.experiment_id}.yaml`, `memory/runs/${id}/model/model.onnx`, `memory/runs/${id}/trades.csv`]),
    );
    expect(cloud.announced).toEqual([]);
    expect((await cloud.call('GET', '/health')).body).toMatchObject({ status: 'ok', capacity: { active: 0, limit: 2 } });
  });

  test('end a failing cycle with its error by name, its words in Cause and in the API, its slot free, and an event', async () => {
    const cloud = await startBundledCloud(bundles);
    const triggered = await cloud.call('POST', '/agent/trigger', { strategy: smallStrategy({ symbols: ['NOWHERE'] }) });
    const id = triggered.body.operation_id;
    const { error, cause = '' } = await cloud.runExecution(id);
    expect(error).toBe('TrainingDataError');

    const { data } = (await cloud.call('GET', `/operations/${id}`)).body;
    expect(data).toMatchObject({ status: 'failed', error_type: 'TrainingDataError', error_code: 'DATA_FILE_MISSING', failed_step: 'train', completed_at: expect.any(String) });
    expect(readCause(null, cause)).toMatchObject({ type: 'TrainingDataError', message: data.error_message });
    expect(JSON.parse(cause).errorMessage).toBe(data.error_message);
    expect(cloud.announced).toEqual([
      { operation_id: id, status: 'failed', error_type: 'TrainingDataError', error_code: 'DATA_FILE_MISSING', failed_step: 'train', message: data.error_message, guidance: data.guidance, retry: 'after_mending' },
    ]);
    expect((await cloud.call('GET', '/health')).body).toMatchObject({ capacity: { active: 0 } });
    expect((await cloud.instance('train')).output()).toContain('"service":"tocsin-train"');
  });

  test('a training stopped for its time fails with a reason, not with a time-out', async () => {
    const cloud = await startBundledCloud(bundles);
    const triggered = await cloud.call('POST', '/agent/trigger', { strategy: smallStrategy({ training: { epochs: 100_000 } }) });
    const { error } = await (await cloud.instance('train')).invoke({ operation_id: triggered.body.operation_id }, 20_000);
    expect(error).toMatchObject({ errorType: 'TrainingDataError', errorMessage: expect.stringContaining('[TRAINING_WILL_NOT_FIT]') });
  });

  test('answer what they cannot do with its code and words and log it as one line with the reason', async () => {
    const cloud = await startBundledCloud(bundles);
    const missing = await cloud.call('POST', '/agent/trigger');
    expect(missing).toMatchObject({ status: 500, body: { error: { code: 'DEFAULT_STRATEGY_MISSING', message: expect.stringContaining('Store a strategy') } } });
    const [line] = (await cloud.instance('api')).output().trimEnd().split('\n');
    expect(JSON.parse(line!)).toMatchObject({
      level: 'ERROR',
      service: 'tocsin-api',
      stage: 'test',
      request_id: 'request',
      error_id: missing.body.error.details.error_id,
      method: 'POST',
      path: '/api/v1/agent/trigger',
      status: 500,
      error: { type: 'StorageError', stack: expect.arrayContaining([expect.stringContaining('default-strategy.ts')]) },
    });
  });

  test('answer bad requests as the same API does elsewhere', async () => {
    const cloud = await startBundledCloud(bundles);
    expect(await cloud.call('GET', '/nothing')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    expect(await cloud.call('POST', '/agent/trigger', { seed: -1 })).toMatchObject({ status: 422, body: { error: { code: 'VALIDATION_ERROR' } } });
    expect(await cloud.call('POST', '/agent/trigger', { brief: 'x'.repeat(300 * 1024) })).toMatchObject({ status: 413 });
    expect((await cloud.call('GET', '/docs')).body).toContain('<html');
  });
});
