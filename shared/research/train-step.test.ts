import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FolderObjectStore } from '../../local/folder-object-store.ts';
import { emptyOperationStore } from '../../test/support/api.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import { writeSp500 } from '../../test/support/research-bench.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { runKeys } from '../memory/keys.ts';
import type { Ports } from '../ports/index.ts';
import { trainStep } from './train-step.ts';

const EPOCHS = 40;
const TRAINING = { epochs: EPOCHS, labels: { source: 'zigzag', zigzag_threshold: 0.03 } };
const TICK_MS = 950;
const DAY_MS = 86_400_000;

/** An operation ready to train for 40 epochs. Of its time, 950 ms less remain each time it is asked for; the clock leaps by a day at each reading. */
async function readyToTrain(sections: object = {}) {
  const folder = await temporaryFolder();
  const mounts = { memory: join(folder, 'memory'), marketData: join(folder, 'data') };
  await Promise.all([mkdir(mounts.memory), mkdir(mounts.marketData)]);
  await writeSp500(mounts.marketData, 'SPX', 0, 1500);
  let now = Date.UTC(2026, 0, 1);
  const ports: Ports = { objects: new FolderObjectStore(mounts), operations: await emptyOperationStore(), now: () => new Date((now += DAY_MS)) };
  const { operation_id, ...operation } = pendingOperation(1);
  await ports.operations.create({ operation_id, ...operation });
  const strategy = { ...smallStrategy({ training: TRAINING }), ...sections };
  await ports.objects.put(runKeys(operation_id).strategy, JSON.stringify(strategy));
  const train = (limitMs: number) => {
    let remaining = limitMs + TICK_MS;
    const remainingMs = () => (remaining -= TICK_MS);
    return trainStep(ports, { operation_id }, { signal: new AbortController().signal, progressIntervalMs: 0, remainingMs });
  };
  return { ports, operation_id, train };
}

describe('the train step', () => {
  test('stops as soon as it can tell that its time will not do, and stores no model', async () => {
    const { ports, operation_id, train } = await readyToTrain();
    await expect(train(60_000)).rejects.toMatchObject({
      name: 'TrainingDataError',
      code: 'TRAINING_WILL_NOT_FIT',
      facts: { availableSeconds: 60, limitSeconds: 48, epochs: EPOCHS },
    });
    // By that clock the first epoch takes less than a second: the second one decides.
    expect((await ports.operations.get(operation_id))?.progress).toMatchObject({ items_processed: 1, items_total: EPOCHS });
    expect((await ports.objects.list(runKeys(operation_id).prefix)).map(({ key }) => key)).toEqual([runKeys(operation_id).strategy]);
  });

  test('stops inside its first epoch where that is a long one', async () => {
    const model = { type: 'lstm', architecture: { sequence_length: 30, hidden_size: 48 } };
    const { ports, operation_id, train } = await readyToTrain({ model, training: { ...TRAINING, batch_size: 4 } });
    await expect(train(60_000)).rejects.toMatchObject({ code: 'TRAINING_WILL_NOT_FIT', facts: { epochs: EPOCHS } });
    expect((await ports.operations.get(operation_id))?.progress).toMatchObject({ items_processed: 0 });
  });

  test('goes on where it will, whatever becomes of the clock', async () => {
    const { ports, operation_id, train } = await readyToTrain();
    expect(await train(600_000)).toMatchObject({ gate: { passed: expect.any(Boolean) } });
    expect(await ports.objects.get(runKeys(operation_id).model)).not.toBeNull();
  });
});
