import { describe, expect, test } from 'vitest';
import { type ApiBench, startApi } from '../../test/support/api.ts';
import { experimentOf, storeExperiment } from '../../test/support/experiments.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import type { OperationStatus } from '../../memory-schema/operation.ts';
import { EXPERIMENTS_PREFIX, experimentIdOf, experimentKey } from '../../shared/memory/keys.ts';

/** Creates the n-th operation and its experiment; returns the experiment's id. */
async function record(api: ApiBench, n: number, status: OperationStatus = 'completed'): Promise<string> {
  const operation = pendingOperation(n, { status });
  await api.operations.create(operation);
  await storeExperiment(api.objects, experimentOf(operation.operation_id));
  return experimentIdOf(operation.operation_id);
}

const idOf = ({ id }: { id: string }) => id;

describe('GET /experiments', () => {
  test('of nothing is an empty list', async () => {
    expect((await (await startApi()).call('GET', '/experiments')).body).toEqual({ success: true, data: [], total_count: 0, unreadable: [] });
  });

  test('summarises each', async () => {
    const api = await startApi();
    const id = await record(api, 1);
    expect((await api.call('GET', '/experiments')).body.data).toEqual([
      {
        id,
        imported: false,
        source: 'agent',
        operation_id: pendingOperation(1).operation_id,
        timestamp: '2026-01-02T00:00:00.000Z',
        strategy_name: 'small',
        symbol: 'SPX',
        timeframe: '1d',
        label_source: 'zigzag',
        verdict: null,
        status: 'gate_rejected_training',
        gate_rejection_reason: 'Training gate: accuracy_below_threshold (8.0% < 10%)',
        results: { test_accuracy: 0.08 },
      },
    ]);
  });

  test('gives pages, newest first, across the batches in which it looks', async () => {
    const api = await startApi();
    const ids: string[] = [];
    for (let n = 1; n <= 24; n++) ids.unshift(await record(api, n));
    for (const [query, expected] of [
      ['', ids.slice(0, 20)],
      ['?limit=100', ids],
      ['?limit=5&offset=14', ids.slice(14, 19)],
      ['?limit=3&offset=20', ids.slice(20, 23)],
      ['?offset=24', []],
    ] as const) {
      const { body } = await api.call('GET', `/experiments${query}`);
      expect(body.data.map(idOf), query).toEqual(expected);
      expect(body).toMatchObject({ total_count: 24, unreadable: [] });
    }
  });

  test('lists what it cannot read as far as a page goes, and no further', async () => {
    const api = await startApi();
    const ids = [];
    for (let n = 1; n <= 6; n++) ids.push(await record(api, n));
    for (const id of [ids[1]!, ids[3]!]) await api.objects.put(experimentKey(id), 'id: 5');
    const page = async (query: string) => {
      const { data, unreadable } = (await api.call('GET', `/experiments?${query}`)).body;
      return [data.map(idOf), unreadable.map(({ key }: { key: string }) => key)];
    };
    expect(await page('limit=2')).toEqual([[ids[5], ids[4]], []]);
    expect(await page('limit=3')).toEqual([[ids[5], ids[4]], [experimentKey(ids[3]!)]]);
    expect(await page('limit=1&offset=2')).toEqual([[], [experimentKey(ids[3]!)]]);
    expect(await page('limit=1&offset=3')).toEqual([[ids[2]], []]);
    expect(await page('limit=6')).toEqual([[ids[5], ids[4], ids[2], ids[0]], [experimentKey(ids[3]!), experimentKey(ids[1]!)]]);
  });

  test('shows each once, on whichever page, though some cannot be read', async () => {
    const api = await startApi();
    const ids: string[] = [];
    for (let n = 1; n <= 24; n++) ids.unshift(await record(api, n));
    await api.objects.put(experimentKey(ids[3]!), 'id: 5');
    const pages = await Promise.all([0, 20].map(async (offset) => (await api.call('GET', `/experiments?limit=20&offset=${offset}`)).body.data.map(idOf)));
    expect(pages.flat()).toEqual(ids.filter((_, n) => n !== 3));
  });

  test('says in one line why a file is no experiment, with the first three of its faults', async () => {
    const api = await startApi();
    const id = await record(api, 1);
    for (const [file, reason] of [
      [new Uint8Array([0x61, 0x3a, 0xff]), /^it is not YAML: \S.*$/],
      ['a: [', /^it is not YAML: [^\n]+$/],
      ['a: 1', /^it does not follow the schema of experiments \([^;\n]+; [^;\n]+; [^;\n]+\)$/],
    ] as const) {
      await api.objects.put(experimentKey(id), file);
      expect((await api.call('GET', '/experiments')).body.unreadable).toEqual([{ key: experimentKey(id), reason: expect.stringMatching(reason) }]);
    }
    await api.objects.put(`${EXPERIMENTS_PREFIX}${id}.yaml.bak`, 'a: 1');
    expect((await api.call('GET', '/experiments')).body.unreadable).toContainEqual({ key: `${EXPERIMENTS_PREFIX}${id}.yaml.bak`, reason: 'its name is not that of an experiment' });
  });

  test.each(['pending', 'running', 'recording', 'failed', 'cancelled'] as const)('passes over what an operation wrote that is %s', async (status) => {
    const api = await startApi();
    const id = await record(api, 1);
    const uncommitted = await record(api, 2, status);
    expect((await api.call('GET', '/experiments')).body).toMatchObject({ data: [{ id }], total_count: 1, unreadable: [] });
    expect((await api.call('GET', `/experiments/${uncommitted}`)).status).toBe(404);
  });

  test('reports what it cannot read instead of leaving it out', async () => {
    const api = await startApi();
    const whole = await record(api, 1);
    const cut = await record(api, 2);
    const poor = await record(api, 3);
    const swapped = await record(api, 4);
    await api.objects.put(experimentKey(cut), 'id: "exp_');
    await api.objects.put(experimentKey(poor), `id: ${poor}\nstatus: completed\n`);
    await storeExperiment(api.objects, { ...experimentOf(pendingOperation(1).operation_id), id: whole });
    await api.objects.put(experimentKey(swapped), (await api.objects.get(experimentKey(whole)))!);
    await api.objects.put(experimentKey('exp_20250101_000000_0000abcd'), 'id: x');
    await api.objects.put(`${EXPERIMENTS_PREFIX}notes.txt`, 'remember');
    await api.objects.put(`${EXPERIMENTS_PREFIX}exp_v15_old.yaml`, 'id: exp_v15_old');
    const { body } = await api.call('GET', '/experiments');
    expect(body.data.map(idOf)).toEqual([whole]);
    const reasons = Object.fromEntries(body.unreadable.map(({ key, reason }: { key: string; reason: string }) => [key.slice(EXPERIMENTS_PREFIX.length), reason]));
    expect(reasons).toEqual({
      [`${cut}.yaml`]: expect.stringContaining('not YAML'),
      [`${poor}.yaml`]: expect.stringContaining('schema'),
      [`${swapped}.yaml`]: expect.stringContaining(whole),
      'exp_20250101_000000_0000abcd.yaml': expect.stringContaining('not known'),
      'notes.txt': expect.stringContaining('name'),
      'exp_v15_old.yaml': expect.stringContaining('name'),
    });
  });

  test('says where the experiment of a completed operation is gone', async () => {
    const api = await startApi();
    const kept = await record(api, 1);
    await api.objects.delete(experimentKey(await record(api, 2)));
    const { body } = await api.call('GET', '/experiments');
    expect(body).toMatchObject({ data: [{ id: kept }], total_count: 2 });
    expect(body.unreadable).toEqual([{ key: EXPERIMENTS_PREFIX, reason: 'the experiment of one completed operation is not there' }]);
    await api.objects.delete(experimentKey(kept));
    expect((await api.call('GET', '/experiments')).body.unreadable).toMatchObject([{ reason: 'the experiments of 2 completed operations are not there' }]);
  });

  test.each(['limit=0', 'limit=101', 'offset=x', 'status=completed'])('refuses ?%s with 422', async (query) => {
    expect((await (await startApi()).call('GET', `/experiments?${query}`)).status).toBe(422);
  });
});

describe('GET /experiments/{id}', () => {
  test('gives the whole record', async () => {
    const api = await startApi();
    const id = await record(api, 1);
    expect((await api.call('GET', `/experiments/${id}`)).body).toEqual({ success: true, data: experimentOf(pendingOperation(1).operation_id) });
  });

  test.each(['exp_20260101_000000_00000000', 'nonsense', '..%2Fhypotheses', 'exp_v15_old'])('answers 404 for %s', async (id) => {
    const { status, body } = await (await startApi()).call('GET', `/experiments/${id}`);
    expect([status, body.error.code]).toEqual([404, 'EXPERIMENT_NOT_FOUND']);
  });

  test('of a damaged or missing file is a fault of the server that names the file', async () => {
    const api = await startApi();
    const id = await record(api, 1);
    await api.objects.put(experimentKey(id), '\u0000');
    const damaged = await api.call('GET', `/experiments/${id}`);
    expect([damaged.status, damaged.body.error]).toMatchObject([500, { code: 'EXPERIMENT_UNREADABLE', details: { key: experimentKey(id) } }]);
    await api.objects.delete(experimentKey(id));
    expect((await api.call('GET', `/experiments/${id}`)).body.error.message).toContain('not there');
    expect(api.logged).toHaveLength(2);
  });
});
