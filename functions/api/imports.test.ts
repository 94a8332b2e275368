import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { type ApiBench, startApi } from '../../test/support/api.ts';
import { experimentOf, storeExperiment } from '../../test/support/experiments.ts';
import { bootstrapRecord, HYPOTHESES_FILE, liveRecord, rejectedRecord } from '../../test/support/ktrdr-records.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import { HYPOTHESES_KEY, IMPORTED_PREFIX, importedKey } from '../../shared/memory/keys.ts';

const offer = (...texts: readonly string[]) => ({ experiments: texts.map((yaml, i) => ({ file: `${i}.yaml`, yaml })) });
const send = (api: ApiBench, json: object) => api.call('POST', '/experiments/imports', { json });
const storedKeys = async (api: ApiBench) => (await api.objects.list(IMPORTED_PREFIX)).map(({ key }) => key.slice(IMPORTED_PREFIX.length));
const { hypotheses } = parse(HYPOTHESES_FILE) as { hypotheses: object[] };

describe('POST /experiments/imports', () => {
  test('stores the files as they are, and the second time nothing', async () => {
    const api = await startApi();
    const all = { ...offer(bootstrapRecord(), liveRecord(), rejectedRecord()), hypotheses };
    const ids = ['exp_v15_rsi_wide', 'exp_20260105_143012_9f8e7d6c', 'exp_20260106_080000_00000001', 'H_001', 'H_002'];
    expect(await send(api, all)).toMatchObject({ status: 200, body: { data: { stored: ids, unchanged: [] } } });
    expect(Buffer.from((await api.objects.get(importedKey('exp_v15_rsi_wide')))!).toString()).toBe(bootstrapRecord());
    const file = Buffer.from((await api.objects.get(HYPOTHESES_KEY))!);
    expect(await send(api, all)).toMatchObject({ status: 200, body: { data: { stored: [], unchanged: ids } } });
    expect(Buffer.from((await api.objects.get(HYPOTHESES_KEY))!)).toEqual(file);
    expect(parse(file.toString())).toEqual(parse(HYPOTHESES_FILE));
  });

  test('takes the same content written otherwise as the same', async () => {
    const api = await startApi();
    await send(api, offer(bootstrapRecord()));
    expect((await send(api, offer(JSON.stringify(parse(bootstrapRecord()))))).body.data).toEqual({ stored: [], unchanged: ['exp_v15_rsi_wide'] });
  });

  test.each([
    ['an alias without its anchor', 'id: *nowhere'],
    ['aliases that grow without measure', 'a: &a [x, x]\n' + Array.from({ length: 8 }, (_, i) => `${i}: &a [*a, *a, *a, *a, *a]\n`).join('')],
    ['lists in each other, without end', '- '.repeat(60_000)],
  ])('refuses %s as the file that it is', async (_, yaml) => {
    const { status, body } = await send(await startApi(), offer(yaml));
    expect([status, body.error.details[0].field]).toEqual([422, 'body -> experiments -> 0 -> yaml']);
  });

  test('only checks, where that is asked for', async () => {
    const api = await startApi();
    expect((await send(api, { ...offer(liveRecord()), hypotheses, check_only: true })).body.data.stored).toHaveLength(3);
    expect([await storedKeys(api), await api.objects.get(HYPOTHESES_KEY)]).toEqual([[], null]);
  });

  test('sent several times at once, tells of each experiment by one answer alone that it was stored', async () => {
    const api = await startApi();
    const answers = await Promise.all([1, 2, 3].map(() => send(api, offer(bootstrapRecord(), liveRecord()))));
    const told = (list: 'stored' | 'unchanged') => answers.flatMap(({ body }): string[] => body.data[list]).toSorted();
    const ids = ['exp_20260105_143012_9f8e7d6c', 'exp_v15_rsi_wide'];
    expect(told('stored')).toEqual(ids);
    expect(told('unchanged')).toEqual(ids.flatMap((id) => [id, id]));
  });

  test('says what was imported before another import came between', async () => {
    const api = await startApi({
      wrap: ({ objects }) => {
        const put = objects.put.bind(objects);
        const another = bootstrapRecord('b', { accuracy: 0.9 });
        return {
          objects: Object.assign(objects, {
            async put(...[key, body, options]: Parameters<typeof put>) {
              if (key === importedKey('exp_v15_b')) await put(key, another);
              return put(key, body, options);
            },
          }),
        };
      },
    });
    const { status, body } = await send(api, offer(bootstrapRecord('a'), bootstrapRecord('b')));
    expect([status, body.error.code, body.error.details.map(({ field }: { field: string }) => field)]).toEqual([409, 'IMPORT_CONFLICT', ['exp_v15_b']]);
    expect(body.error.message).toContain('only these were imported: exp_v15_a.');
    expect(await storedKeys(api)).toEqual(['exp_v15_a.yaml', 'exp_v15_b.yaml']);
  });

  test('refuses other content under a known id, naming each, and stores nothing of the request', async () => {
    const api = await startApi();
    await send(api, { ...offer(bootstrapRecord()), hypotheses: [hypotheses[0]!] });
    const other = { ...offer(liveRecord(), bootstrapRecord('rsi_wide', { accuracy: 0.9 })), hypotheses: [{ ...hypotheses[0], text: 'Another' }, hypotheses[1]!] };
    const { status, body } = await send(api, other);
    expect([status, body.error.code, body.error.details]).toEqual([
      409,
      'IMPORT_CONFLICT',
      [
        { field: 'exp_v15_rsi_wide', message: expect.stringContaining('other content'), type: 'conflict' },
        { field: 'H_001', message: expect.stringContaining('another hypothesis'), type: 'conflict' },
      ],
    ]);
    expect(await storedKeys(api)).toEqual(['exp_v15_rsi_wide.yaml']);
    expect(Buffer.from((await api.objects.get(importedKey('exp_v15_rsi_wide')))!).toString()).toBe(bootstrapRecord());
  });

  test.each(['completed', 'failed'] as const)('refuses the id of an operation here that is %s: its experiment is its own', async (status) => {
    const api = await startApi();
    const operation = pendingOperation(1, { status });
    await api.operations.create(operation);
    const { body } = await send(api, offer(liveRecord(operation.operation_id.replace('op_agent_research', 'exp'))));
    expect(body.error.message).toContain(operation.operation_id);
    expect(await storedKeys(api)).toEqual([]);
  });

  test('refuses what is no record, naming file and field, all at once', async () => {
    const api = await startApi();
    const { status, body } = await send(api, {
      experiments: [
        { file: 'good.yaml', yaml: liveRecord() },
        { file: 'verdict.yaml', yaml: bootstrapRecord('a', { verdict: 'superb' }) },
        { file: 'text.yaml', yaml: liveRecord('exp_x').replace('0.42', 'high').replace('status: completed', 'stauts: completed') },
        { file: 'cut.yaml', yaml: 'id: "exp_' },
        { file: 'twice.yaml', yaml: liveRecord() },
      ],
    });
    expect([status, await storedKeys(api)]).toEqual([422, []]);
    expect(body.error.details.map(({ field, message }: { field: string; message: string }) => [field, message])).toEqual([
      ['body -> experiments -> 1 -> yaml', expect.stringContaining('verdict.yaml: assessment.verdict: ')],
      ['body -> experiments -> 2 -> yaml', expect.stringContaining('text.yaml: results.sharpe_ratio: ')],
      ['body -> experiments -> 2 -> yaml', 'text.yaml: stauts: is not a field of such a record'],
      ['body -> experiments -> 3 -> yaml', expect.stringContaining('cut.yaml: is not YAML')],
      ['body -> experiments', 'exp_20260105_143012_9f8e7d6c comes more than once'],
    ]);
  });

  test('refuses a hypothesis by its field', async () => {
    const { status, body } = await send(await startApi(), { hypotheses: [{ ...hypotheses[0], status: 'proven' }] });
    expect([status, body.error.details[0].field]).toEqual([422, 'body -> hypotheses -> 0 -> status']);
  });

  test.each(['strong_signal', 'weak_signal', 'no_signal', 'overfit', 'unknown', 'promising', 'neutral', 'poor', 'stub_completed'])('reads the verdict %s', async (verdict) => {
    const api = await startApi();
    expect((await send(api, offer(bootstrapRecord('one', { verdict }), liveRecord('exp_two', { verdict })))).status).toBe(200);
    expect((await api.call('GET', '/experiments/exp_v15_one')).body.data.assessment.verdict).toBe(verdict);
  });
});

describe('imported experiments', () => {
  test('are listed after those of operations, told apart from them, the newest first', async () => {
    const api = await startApi();
    const operation = pendingOperation(1, { status: 'completed' });
    await api.operations.create(operation);
    await storeExperiment(api.objects, experimentOf(operation.operation_id));
    await send(api, offer(bootstrapRecord(), liveRecord(), rejectedRecord()));
    const { data, total_count: total, unreadable } = (await api.call('GET', '/experiments')).body;
    expect([total, unreadable]).toEqual([4, []]);
    expect(data.map((row: { id: string; imported: boolean; source: string; verdict: string | null; status: string }) => [row.id, row.imported, row.source, row.verdict, row.status])).toEqual([
      [operation.operation_id.replace('op_agent_research', 'exp'), false, 'agent', null, 'gate_rejected_training'],
      ['exp_20260106_080000_00000001', true, 'agent', 'poor', 'gate_rejected_training'],
      ['exp_20260105_143012_9f8e7d6c', true, 'agent', 'promising', 'completed'],
      ['exp_v15_rsi_wide', true, 'v1.5_bootstrap', 'weak_signal', 'completed'],
    ]);
    expect(data[3]).toMatchObject({ operation_id: null, symbol: 'EURUSD', timeframe: '1h', results: { test_accuracy: 0.574 }, gate_rejection_reason: null });
    expect(data[2].results).not.toHaveProperty('output_format');
  });

  test('fill pages where those of operations end', async () => {
    const api = await startApi();
    for (let n = 1; n <= 3; n++) {
      const operation = pendingOperation(n, { status: 'completed' });
      await api.operations.create(operation);
      await storeExperiment(api.objects, experimentOf(operation.operation_id));
    }
    await send(api, offer(liveRecord(), rejectedRecord(), bootstrapRecord()));
    const whole = (await api.call('GET', '/experiments')).body.data.map(({ id }: { id: string }) => id);
    expect(whole).toHaveLength(6);
    for (let offset = 0; offset <= 6; offset++) {
      const page = (await api.call('GET', `/experiments?limit=2&offset=${offset}`)).body.data.map(({ id }: { id: string }) => id);
      expect(page).toEqual(whole.slice(offset, offset + 2));
    }
  });

  test('are shown whole, with unknown keys, and with what older records lack', async () => {
    const api = await startApi();
    await send(api, offer(bootstrapRecord()));
    const { data } = (await api.call('GET', '/experiments/exp_v15_rsi_wide')).body;
    expect(data).toEqual({ ...(parse(bootstrapRecord()) as object), status: 'completed', gate_rejection_reason: null });
    expect(data.context.data_range).toBe('2015 to 2023');
  });

  test('that are damaged are named in the list, and a fault of the server when asked for', async () => {
    const api = await startApi();
    await api.objects.put(importedKey('exp_v15_cut'), 'id: exp_v15_cut');
    expect((await api.call('GET', '/experiments')).body.unreadable).toEqual([{ key: importedKey('exp_v15_cut'), reason: expect.stringContaining('timestamp') }]);
    const { status, body } = await api.call('GET', '/experiments/exp_v15_cut');
    expect([status, body.error.code]).toEqual([500, 'IMPORTED_EXPERIMENT_UNREADABLE']);
  });

  test('make no operation complete, and none is made for them', async () => {
    const api = await startApi();
    await send(api, offer(liveRecord()));
    expect((await api.call('GET', '/operations')).body).toMatchObject({ data: [], total_count: 0 });
    expect(await api.objects.list('memory/experiments/')).toEqual([]);
  });
});
