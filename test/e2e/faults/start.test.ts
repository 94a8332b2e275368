import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRuntime } from '../../../local/runtime.ts';
import { experimentIdOf } from '../../../shared/memory/keys.ts';
import { pendingOperation } from '../../support/operations.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a start that cannot clear away after an interrupted operation says why and frees the folder, and so does a stop; the next start goes on', async () => {
  const folder = await temporaryFolder();
  const start = () =>
    startRuntime({
      memory: join(folder, 'memory'),
      data: folder,
      command: 'test',
      onFault: (error) => {
        throw error;
      },
      onCleanUpFault: (_, error) => {
        throw error;
      },
    });
  const { operation_id: id } = pendingOperation(1);
  const experiment = join(folder, 'memory', 'experiments', `${experimentIdOf(id)}.yaml`);
  const refused = expect.objectContaining({ code: 'OBJECT_WRITE_FAILED', message: expect.stringContaining(experimentIdOf(id)) });

  const first = await start();
  await first.ports.operations.create(pendingOperation(1, { status: 'recording', experiment_id: experimentIdOf(id) }));
  await mkdir(experiment, { recursive: true });
  await expect(first.close()).rejects.toThrow(refused);
  await expect(start()).rejects.toThrow(refused);

  await rm(experiment, { recursive: true });
  const second = await start();
  expect(await second.ports.operations.get(id)).toMatchObject({ status: 'failed', completed_at: expect.any(String) });
  await second.close();
});
