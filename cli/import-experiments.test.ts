import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { bootstrapRecord, HYPOTHESES_FILE, liveRecord, rejectedRecord } from '../test/support/ktrdr-records.ts';
import { tocsin } from '../test/support/command-line.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';

const RECORDS = { 'exp_v15_rsi_wide.yaml': bootstrapRecord(), 'exp_20260105_143012_9f8e7d6c.yaml': liveRecord(), 'rejected.yml': rejectedRecord() };

/** A memory folder of KTRDR, and where ours is to be. */
async function folders(files: Readonly<Record<string, string>> = RECORDS, hypotheses: string | null = HYPOTHESES_FILE) {
  const folder = await temporaryFolder();
  const old = join(folder, 'old');
  await mkdir(join(old, 'experiments'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(old, 'experiments', name), text);
  if (hypotheses !== null) await writeFile(join(old, 'hypotheses.yaml'), hypotheses);
  const memory = join(folder, 'memory');
  const place = ['--memory', memory, '--data', join(folder, 'data')];
  return { old, memory, place, importing: () => tocsin('experiments', 'import', old, ...place) };
}

const filesIn = (folder: string) => readdir(folder).catch(() => null);

describe('tocsin experiments import', () => {
  test('brings in a whole memory folder, once; its records are listed, shown, and their hypotheses tested', async () => {
    const { memory, place, importing } = await folders();
    expect(await importing()).toMatchObject({ status: 0, out: `3 experiments: 3 imported, 0 unchanged; 2 hypotheses: 2 imported, 0 unchanged; in ${memory}\n` });
    expect(await importing()).toMatchObject({ status: 0, out: `3 experiments: 0 imported, 3 unchanged; 2 hypotheses: 0 imported, 2 unchanged; in ${memory}\n` });
    expect(await readFile(join(memory, 'imported', 'exp_v15_rsi_wide.yaml'), 'utf8')).toBe(bootstrapRecord());

    const { out: listed } = await tocsin('experiments', 'list', ...place);
    expect(listed).toMatch(/exp_20260106_080000_00000001 .*poor +imported, agent +gate_rejected_training\n.*exp_20260105_.*\n.*exp_v15_rsi_wide +v15_rsi_wide +EURUSD +57\.4 % .*weak_signal +imported, v1\.5_bootstrap +completed\n3 of 3/);
    const { out: shown } = await tocsin('experiments', 'show', 'exp_v15_rsi_wide', ...place);
    for (const words of ['weak_signal', 'test_accuracy: 0.574', 'A second oscillator adds little (untested)', 'data_range: 2015 to 2023']) expect(shown).toContain(words);
    const { out: json } = await tocsin('experiments', 'show', 'exp_20260105_143012_9f8e7d6c', '--json', ...place);
    expect(JSON.parse(json)).toEqual(parse(liveRecord()));

    const tested = await tocsin('hypotheses', 'test', 'H_001', '--experiment', 'exp_20260105_143012_9f8e7d6c', '--verdict', 'refuted', ...place);
    expect(tested).toMatchObject({ status: 0, out: expect.stringMatching(/Status +refuted[^]*exp_20260105_143012_9f8e7d6c {2}refuted/) });
    expect((await tocsin('hypotheses', 'list', '--status', 'refuted', ...place)).out).toMatch(/H_001 +refuted +1 +A second oscillator/);
    expect(await tocsin('hypotheses', 'test', 'H_001', '--experiment', 'exp_nowhere', '--verdict', 'refuted', ...place)).toMatchObject({
      status: 2,
      err: expect.stringContaining('there is no experiment exp_nowhere'),
    });
  });

  test('takes a folder of the files themselves', async () => {
    const { old, place, memory } = await folders(RECORDS, null);
    const { status, out } = await tocsin('experiments', 'import', join(old, 'experiments'), ...place);
    expect([status, out]).toEqual([0, `3 experiments: 3 imported, 0 unchanged; 0 hypotheses: 0 imported, 0 unchanged; in ${memory}\n`]);
  });

  test('sends many records in parts', async () => {
    const many = Object.fromEntries(Array.from({ length: 230 }, (_, i) => [`${i}.yaml`, liveRecord(`exp_${i}`)]));
    const { importing } = await folders(many, null);
    expect((await importing()).out).toMatch(/^230 experiments: 230 imported/);
  });

  test('sends records of many bytes in few characters in parts', async () => {
    const long = (id: string) => `${liveRecord(id)}# ${'\u6f22'.repeat(45_000)}\n`;
    const { importing } = await folders({ 'a.yaml': long('exp_a'), 'b.yaml': long('exp_b') }, null);
    expect((await importing()).out).toMatch(/^2 experiments: 2 imported/);
  });

  test('passes over no file of the folder experiments, whatever its name', async () => {
    const { importing } = await folders({ ...RECORDS, 'hypotheses.yaml': HYPOTHESES_FILE });
    expect(await importing()).toMatchObject({ status: 2, err: expect.stringContaining('experiments/hypotheses.yaml: ') });
  });

  test('names every file and field that is wrong, and stores nothing', async () => {
    const { memory, importing } = await folders(
      {
        ...RECORDS,
        'a.yaml': bootstrapRecord('a', { verdict: 'superb' }),
        'b.yaml': liveRecord('exp_b').replace("'2026-01-05T14:30:12.482913'", 'yesterday'),
        'c.yaml': liveRecord(),
        'd.yaml': '- a list',
      },
      HYPOTHESES_FILE.replace('status: untested', 'status: proven').replace('H_002', 'H-2'),
    );
    const { status, err } = await importing();
    expect(status).toBe(2);
    for (const words of [
      'experiments/a.yaml: assessment.verdict: ',
      'experiments/b.yaml: timestamp: ',
      'experiments/exp_20260105_143012_9f8e7d6c.yaml: id: exp_20260105_143012_9f8e7d6c is that of experiments/c.yaml too',
      'experiments/d.yaml: ',
      'hypotheses.yaml: hypotheses.0.status: ',
      'hypotheses.yaml: hypotheses.1.id: not a hypothesis id',
      'none was imported',
    ]) {
      expect(err).toContain(words);
    }
    expect(await filesIn(memory)).toBeNull();
  });

  test('refuses other content under known ids, all at once, and overwrites and adds nothing', async () => {
    const { old, memory, importing } = await folders();
    await importing();
    await writeFile(join(old, 'experiments', 'rejected.yml'), rejectedRecord().replace('5.0%', '6.0%'));
    await writeFile(join(old, 'hypotheses.yaml'), HYPOTHESES_FILE.replace('Less noise', 'More noise'));
    await writeFile(join(old, 'experiments', 'new.yaml'), liveRecord('exp_new'));
    await cp(join(memory, 'hypotheses.yaml'), join(old, 'before'));
    const { status, err } = await importing();
    expect([status, err]).toEqual([1, expect.stringMatching(/exp_20260106_080000_00000001: .*other content.* - H_002: another hypothesis/)]);
    expect(await filesIn(join(memory, 'imported'))).toHaveLength(3);
    expect(await readFile(join(memory, 'imported', 'exp_20260106_080000_00000001.yaml'), 'utf8')).toBe(rejectedRecord());
    expect(await readFile(join(memory, 'hypotheses.yaml'), 'utf8')).toBe(await readFile(join(old, 'before'), 'utf8'));
  });

  test.each([
    ['is not there', 'nowhere', 'cannot be read'],
    ['has no records', 'empty', 'nothing to import'],
  ])('refuses a folder that %s', async (_, name, words) => {
    const { old, place } = await folders();
    await mkdir(join(old, 'empty'));
    expect(await tocsin('experiments', 'import', join(old, name), ...place)).toMatchObject({ status: 2, err: expect.stringContaining(words) });
  });
});

test('tocsin hypotheses add keeps what is supposed and why', async () => {
  const { place } = await folders();
  const { status, out } = await tocsin('hypotheses', 'add', 'Wider stops help', '--rationale', 'Most losses are noise', ...place);
  expect([status, out]).toEqual([0, expect.stringMatching(/^Hypothesis +H_001\nText +Wider stops help\nStatus +untested\nRationale +Most losses are noise\nCreated +\d{4}-/)]);
  expect((await tocsin('hypotheses', 'list', ...place)).out).toMatch(/H_001 +untested +0 +Wider stops help\n1 of 1 hypotheses/);
});
