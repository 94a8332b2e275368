import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { writeSp500 } from '../support/research-bench.ts';
import { smallStrategy } from '../support/strategies.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTocsin, type TocsinServer } from '../support/tocsin-server.ts';

const triggered = z.looseObject({ operation_id: z.string() });
const operation = z.object({
  data: z.looseObject({ status: z.string(), error_code: z.string().nullable(), progress: z.looseObject({ context: z.record(z.string(), z.unknown()) }) }),
});

async function trigger({ url }: TocsinServer, strategy: object): Promise<string> {
  const answer = await fetch(`${url}/api/v1/agent/trigger`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ strategy }),
  });
  return triggered.parse(await answer.json()).operation_id;
}

async function show({ url }: TocsinServer, operationId: string) {
  return operation.parse(await (await fetch(`${url}/api/v1/operations/${operationId}`)).json()).data;
}

test('a server that was killed while it trained is started again: the operation is failed as interrupted, finished ones are there', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'data'));
  await writeSp500(join(folder, 'data'));

  const first = await startTocsin(folder, '--port', '0');
  const finished = await trigger(first, smallStrategy());
  await expect.poll(async () => (await show(first, finished)).status, { timeout: 60_000, interval: 50 }).toBe('completed');
  const inFlight = await trigger(first, smallStrategy({ training: { epochs: 10_000, labels: { source: 'zigzag', zigzag_threshold: 0.03 } } }));
  await expect.poll(async () => (await show(first, inFlight)).progress.context['epoch'], { timeout: 60_000, interval: 50 }).toBeGreaterThan(0);
  await first.kill();

  const second = await startTocsin(folder, '--port', '0');
  expect(await show(second, finished)).toMatchObject({ status: 'completed' });
  expect(await show(second, inFlight)).toMatchObject({ status: 'failed', error_code: 'INTERRUPTED' });
  expect(await readdir(join(folder, 'memory', 'experiments'))).toHaveLength(1);
  // Its slot is free again: both of the default two can be taken.
  const next = [await trigger(second, smallStrategy()), await trigger(second, smallStrategy())];
  for (const id of next) await expect.poll(async () => (await show(second, id)).status, { timeout: 60_000, interval: 50 }).toBe('completed');
  expect(await second.stop()).toBe(0);
});
