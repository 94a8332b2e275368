import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeObjectStoreContract } from '../shared/ports/testing/object-store-contract.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { FolderObjectStore } from './folder-object-store.ts';

async function store() {
  const folder = await temporaryFolder();
  return { folder, objects: new FolderObjectStore({ memory: join(folder, 'memory'), marketData: join(folder, 'data') }) };
}

describe('folder object store', () => {
  describeObjectStoreContract(async () => (await store()).objects);

  test('leaves no temporary file', async () => {
    const { folder, objects } = await store();
    await objects.put('market-data/EURUSD_1h.csv', 'a long first text');
    await objects.put('market-data/EURUSD_1h.csv', 'short');
    await objects.put('market-data/EURUSD_1h.csv', 'late', { ifNoneMatch: true });
    expect(await readdir(join(folder, 'data'))).toEqual(['EURUSD_1h.csv']);
  });

  test('lists no foreign files', async () => {
    const { folder, objects } = await store();
    await objects.put('memory/runs/a/y', '12');
    await writeFile(join(folder, 'memory', 'runs', 'a', '.hidden.tmp'), 'half a write');
    expect(await objects.list('memory/runs/')).toEqual([{ key: 'memory/runs/a/y', size: 2 }]);
  });

  test('lists what links lead to, and everything else where one leads nowhere', async () => {
    const { folder, objects } = await store();
    for (const key of ['market-data/A_1d.csv', 'market-data/C_1d.csv', 'memory/runs/a/y']) await objects.put(key, '12');
    await symlink(join(folder, 'data', 'C_1d.csv'), join(folder, 'data', 'D_1d.csv'));
    await symlink(join(folder, 'gone'), join(folder, 'data', 'B_1d.csv'));
    await symlink(join(folder, 'memory', 'runs', 'a'), join(folder, 'data', 'context'));
    expect((await objects.list('market-data/')).map(({ key }) => key)).toEqual([
      'market-data/A_1d.csv',
      'market-data/C_1d.csv',
      'market-data/D_1d.csv',
      'market-data/context/y',
    ]);
    expect(await objects.get('market-data/B_1d.csv')).toBeNull();
  });

  test('a folder that cannot be written is a StorageError that names key and reason', async () => {
    const { folder } = await store();
    await writeFile(join(folder, 'file'), '');
    const objects = new FolderObjectStore({ memory: join(folder, 'file'), marketData: folder });
    await expect(objects.put('memory/x/y', '1')).rejects.toMatchObject({
      name: 'StorageError',
      code: 'OBJECT_WRITE_FAILED',
      facts: { key: 'memory/x/y', reason: expect.stringContaining('ENOTDIR') },
    });
  });
});
