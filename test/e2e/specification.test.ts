import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { filesIn, writeSp500 } from '../support/research-bench.ts';
import { smallStrategy } from '../support/strategies.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTocsin } from '../support/tocsin-server.ts';

const NO_OVERLAP = fileURLToPath(new URL('../../examples/no-overlap.yaml', import.meta.url));
const SPECIFICATION = process.env['TOCSIN_SPECIFICATION'];

/** A project folder with market data, a good strategy, and one whose symbols do not overlap. */
async function project() {
  const folder = await temporaryFolder();
  const data = join(folder, 'data');
  await mkdir(data);
  await writeSp500(data);
  await writeSp500(data, 'EARLY', 0, 1500);
  await writeSp500(data, 'LATE', 3000);
  const daily = (await readFile(NO_OVERLAP, 'utf8')).replace('timeframe: 1h', 'timeframe: 1d');
  await writeFile(join(folder, 'no-overlap.yaml'), daily);
  await writeFile(join(folder, 'good.yaml'), stringify(smallStrategy()));
  return folder;
}

const experiments = async (folder: string) => (await filesIn(join(folder, 'memory', 'experiments'))).filter((name) => name.endsWith('.yaml'));

/** The steps of the specification's end-to-end script: trigger without a body, take the id from the status, poll. */
async function specificationSteps(folder: string, strategy: string) {
  const server = await startTocsin(folder, '--port', '0', '--default-strategy', strategy);
  const api = `${server.url}/api/v1`;
  const before = await experiments(folder);
  const triggered = await fetch(`${api}/agent/trigger`, { method: 'POST' });
  const { operation_id: operationId } = statusSchema.parse(await (await fetch(`${api}/agent/status`)).json());
  const operation = async () => operationSchema.parse(await (await fetch(`${api}/operations/${operationId}`)).json()).data;
  await expect.poll(async () => (await operation()).status, { timeout: 60_000, interval: 100 }).toMatch(/^(failed|completed)$/);
  const ended = await operation();
  const after = await experiments(folder);
  expect(await server.stop()).toBe(0);
  return { triggered: triggered.status, operation: ended, newExperiments: after.length - before.length };
}

const statusSchema = z.looseObject({ operation_id: z.string() });
const operationSchema = z.object({ data: z.looseObject({ status: z.string(), error_message: z.string().nullable() }) });

describe('the specification, step by step', () => {
  test('symbols that do not overlap: failed, with symbols, ranges and what to do, and no experiment', async () => {
    const { triggered, operation, newExperiments } = await specificationSteps(await project(), 'no-overlap.yaml');
    expect(triggered).toBe(202);
    expect(operation).toMatchObject({
      status: 'failed',
      error_type: 'TrainingDataError',
      error_code: 'TRAINING_SYMBOLS_DO_NOT_OVERLAP',
      failed_step: 'train',
      guidance: expect.stringMatching(/\w+/),
    });
    for (const word of ['EARLY', '2000-01', '2005-12', 'LATE', '2011-12', '2020-04', String(operation['guidance'])]) expect(operation.error_message).toContain(word);
    expect(newExperiments).toBe(0);
  });

  test('a good strategy: completed, with exactly one new experiment', async () => {
    const { operation, newExperiments } = await specificationSteps(await project(), 'good.yaml');
    expect(operation).toMatchObject({ status: 'completed', error_message: null });
    expect(newExperiments).toBe(1);
  });
});

describe.skipIf(SPECIFICATION === undefined)(`${SPECIFICATION === undefined ? '[needs TOCSIN_SPECIFICATION] ' : ''}the specification's own script`, () => {
  /** Its bash block, word for word; it knows port 8000 and memory/experiments only. */
  async function runScript(folder: string) {
    const specification = await readFile(SPECIFICATION!, 'utf8');
    const script = /## E2E Test Scenario[\s\S]*?```bash\n([\s\S]*?)```/.exec(specification)?.[1];
    if (script === undefined) throw new Error(`${SPECIFICATION} has no script.`);
    const bash = spawn('bash', ['-c', script], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    return text(bash.stdout);
  }

  test('passes word for word where symbols do not overlap', async () => {
    const folder = await project();
    const server = await startTocsin(folder, '--port', '8000', '--default-strategy', 'no-overlap.yaml');
    const output = await runScript(folder);
    expect(output).toContain('PASS: No experiment recorded');
    expect(output).toMatch(/"status": "failed",\s+"error": "\[TRAINING_SYMBOLS_DO_NOT_OVERLAP\] .*EARLY.*LATE/);
    expect(await server.stop()).toBe(0);
  });

  test('finds the experiment of a good strategy', async () => {
    const folder = await project();
    const server = await startTocsin(folder, '--port', '8000', '--default-strategy', 'good.yaml');
    const output = await runScript(folder);
    expect(output).toContain('FAIL: Experiment was recorded');
    expect(output).toMatch(/"status": "completed",\s+"error": null/);
    expect(await experiments(folder)).toHaveLength(1);
    expect(await server.stop()).toBe(0);
  });
});
