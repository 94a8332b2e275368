import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { type ApiBench, startApi } from '../../test/support/api.ts';
import { experimentOf, storeExperiment } from '../../test/support/experiments.ts';
import { bootstrapRecord, HYPOTHESES_FILE } from '../../test/support/ktrdr-records.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import type { OperationStatus } from '../../memory-schema/operation.ts';
import { experimentIdOf, HYPOTHESES_KEY } from '../../shared/memory/keys.ts';

const add = (api: ApiBench, json: object) => api.call('POST', '/hypotheses', { json });
const judge = (api: ApiBench, id: string, experimentId: string, verdict = 'validated') =>
  api.call('POST', `/hypotheses/${id}/tests`, { json: { experiment_id: experimentId, verdict } });

/** An operation with its status, and an experiment in its place; returns the experiment's id. */
async function research(api: ApiBench, n: number, status: OperationStatus = 'completed'): Promise<string> {
  const operation = pendingOperation(n, { status });
  await api.operations.create(operation);
  await storeExperiment(api.objects, experimentOf(operation.operation_id));
  return experimentIdOf(operation.operation_id);
}

describe('hypotheses', () => {
  test('are added untested, under the next id, and listed newest first', async () => {
    const api = await startApi({ now: () => new Date('2026-01-02T03:04:05Z') });
    const source = await research(api, 1);
    expect((await api.call('GET', '/hypotheses')).body).toEqual({ success: true, data: [], total_count: 0 });
    const first = { id: 'H_001', text: 'Daily bars suit it', source_experiment: source, rationale: 'Less noise', status: 'untested', tested_by: [], created: '2026-01-02T03:04:05.000Z' };
    const { status, body } = await add(api, { text: first.text, rationale: first.rationale, source_experiment: source });
    expect([status, body.data]).toEqual([201, first]);
    await add(api, { text: 'Wider stops help' });
    const { data, total_count: total } = (await api.call('GET', '/hypotheses?limit=1')).body;
    expect([data.map(({ id }: { id: string }) => id), total]).toEqual([['H_002'], 2]);
    expect((await api.call('GET', '/hypotheses/H_001')).body.data).toEqual(first);
    expect((await api.call('GET', '/hypotheses?status=refuted')).body.total_count).toBe(0);
    expect((await api.call('GET', '/hypotheses/H_009')).status).toBe(404);
  });

  test('take the verdict of an experiment, and keep it', async () => {
    const api = await startApi({ now: () => new Date('2026-01-02T03:04:05Z') });
    await add(api, { text: 'Daily bars suit it' });
    const [one, two] = [await research(api, 1), await research(api, 2)];
    expect((await judge(api, 'H_001', one)).body.data).toMatchObject({ status: 'validated', tested_by: [one] });
    expect((await judge(api, 'H_001', two, 'refuted')).body.data).toMatchObject({ status: 'inconclusive', tested_by: [one, two] });
    const again = await judge(api, 'H_001', two, 'validated');
    expect([again.status, again.body.error.code]).toEqual([409, 'HYPOTHESIS_TESTED_BEFORE']);
    expect(parse(Buffer.from((await api.objects.get(HYPOTHESES_KEY))!).toString()).hypotheses).toEqual([(await api.call('GET', '/hypotheses/H_001')).body.data]);
  });

  test.each(['pending', 'running', 'recording', 'failed', 'cancelled'] as const)('cannot be tested by an operation that is %s, whatever file lies in its place', async (status) => {
    const api = await startApi();
    await add(api, { text: 'Daily bars suit it' });
    const { status: answered, body } = await judge(api, 'H_001', await research(api, 1, status));
    expect([answered, body.error.details[0]]).toMatchObject([422, { field: 'body -> experiment_id', message: expect.stringContaining(`its operation is ${status}`) }]);
    expect((await api.call('GET', '/hypotheses/H_001')).body.data).toMatchObject({ status: 'untested', tested_by: [] });
  });

  test('refuse what does not exist: experiment, source, hypothesis, verdict', async () => {
    const api = await startApi();
    await add(api, { text: 'Daily bars suit it' });
    const known = await research(api, 1);
    expect((await judge(api, 'H_001', 'exp_20200101_000000_00000000')).body.error.message).toContain('there is no experiment exp_20200101_000000_00000000');
    expect((await judge(api, 'H_001', '../hypotheses')).status).toBe(422);
    expect((await add(api, { text: 'x', source_experiment: 'exp_nowhere' })).status).toBe(422);
    expect((await judge(api, 'H_002', known)).status).toBe(404);
    expect((await judge(api, 'H_001', known, 'confirmed')).body.error.details[0].field).toBe('body -> verdict');
    expect((await api.call('GET', '/hypotheses')).body.total_count).toBe(1);
  });

  test('name the field that is wrong, and what it must be', async () => {
    const api = await startApi();
    const saidOf = ({ body }: Awaited<ReturnType<typeof add>>): readonly string[] => body.error.details.map(({ field, message }: { field: string; message: string }) => `${field}: ${message}`);
    const TEXT = 'body -> text: must be text of 1 to 2000 characters';
    for (const body of [{ text: '' }, { text: 'x'.repeat(2001) }, {}]) expect(saidOf(await api.call('POST', '/hypotheses', { json: body }))).toEqual([TEXT]);
    expect(saidOf(await add(api, { text: 'x', rationale: '' }))).toEqual(['body -> rationale: must be text of 1 to 5000 characters']);
    expect(saidOf(await judge(api, 'H_001', ''))).toEqual(['body -> experiment_id: must be text of 1 to 100 characters']);
    expect(saidOf(await judge(api, 'H_001', 'exp_1', 'maybe'))).toEqual([expect.stringMatching(/^body -> verdict: must be one of \w+, /)]);
    expect(saidOf(await api.call('GET', '/hypotheses?status=new'))).toEqual([expect.stringMatching(/^query -> status: must be one of untested, /)]);
  });

  test('that were imported are tested on: an older word gives way to the status of today', async () => {
    const api = await startApi();
    const { hypotheses } = parse(HYPOTHESES_FILE) as { hypotheses: object[] };
    const offer = { experiments: [{ file: 'a.yaml', yaml: bootstrapRecord('other') }], hypotheses };
    await api.call('POST', '/experiments/imports', { json: offer });
    expect((await api.call('GET', '/hypotheses/H_002')).body.data.status).toBe('confirmed');
    expect((await judge(api, 'H_002', 'exp_v15_other', 'inconclusive')).body.data).toMatchObject({ status: 'validated', tested_by: ['exp_v15_rsi_wide', 'exp_v15_other'] });
    // The same import again finds them there, though one was tested since.
    expect((await api.call('POST', '/experiments/imports', { json: offer })).body.data).toEqual({ stored: [], unchanged: ['exp_v15_other', 'H_001', 'H_002'] });
    expect((await add(api, { text: 'Next' })).body.data.id).toBe('H_003');
  });

  test('lose none of many changes at once', async () => {
    const api = await startApi();
    const [one, two] = [await research(api, 1), await research(api, 2)];
    await add(api, { text: 'first' });
    const changes = [judge(api, 'H_001', one), judge(api, 'H_001', two), ...Array.from({ length: 5 }, (_, i) => add(api, { text: `more ${i}` }))];
    expect((await Promise.all(changes)).map(({ status }) => status)).toEqual([200, 200, 201, 201, 201, 201, 201]);
    const { data } = (await api.call('GET', '/hypotheses')).body;
    expect(data.map(({ id }: { id: string }) => id)).toEqual(['H_006', 'H_005', 'H_004', 'H_003', 'H_002', 'H_001']);
    expect(data.at(-1).tested_by.toSorted()).toEqual([one, two].toSorted());
  });

  test('in a damaged file are a fault of the server that names the field, and nothing is written over it', async () => {
    const api = await startApi();
    await api.objects.put(HYPOTHESES_KEY, HYPOTHESES_FILE.replace('confirmed', 'proven'));
    for (const answer of [await api.call('GET', '/hypotheses'), await add(api, { text: 'x' })]) {
      expect([answer.status, answer.body.error.code, answer.body.error.message]).toEqual([500, 'HYPOTHESES_UNREADABLE', expect.stringContaining('hypotheses.1.status')]);
    }
    expect(Buffer.from((await api.objects.get(HYPOTHESES_KEY))!).toString()).toContain('proven');
  });
});
