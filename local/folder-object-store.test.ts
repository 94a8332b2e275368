import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { FolderObjectStore } from './folder-object-store.ts';

async function store() {
  const folder = await temporaryFolder();
  return { folder, objects: new FolderObjectStore({ memory: join(folder, 'memory'), marketData: join(folder, 'data') }) };
}

const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString());

describe('folder object store', () => {
  test('gives back what was put, and null for a key that was not', async () => {
    const { objects } = await store();
    await objects.put('memory/runs/a/model/model.onnx', Uint8Array.of(1, 2, 3));
    expect(await objects.get('memory/runs/a/model/model.onnx')).toEqual(Buffer.from([1, 2, 3]));
    expect(await objects.get('memory/runs/a/model/other')).toBeNull();
  });

  test('replaces an object whole, and leaves no temporary file', async () => {
    const { folder, objects } = await store();
    await objects.put('market-data/EURUSD_1h.csv', 'a long first text');
    await objects.put('market-data/EURUSD_1h.csv', 'short');
    expect(text(await objects.get('market-data/EURUSD_1h.csv'))).toBe('short');
    expect(await readdir(join(folder, 'data'))).toEqual(['EURUSD_1h.csv']);
  });

  test('of many conditional puts at once exactly one is written', async () => {
    const { objects } = await store();
    const key = 'memory/experiments/one.yaml';
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => objects.put(key, `writer ${i}`, { ifNoneMatch: true })));
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    expect(text(await objects.get(key))).toBe(`writer ${outcomes.indexOf('written')}`);
  });

  test('lists keys by prefix in order, and no foreign files', async () => {
    const { folder, objects } = await store();
    for (const key of ['memory/runs/b/x', 'memory/runs/a/y', 'memory/runs/a/deep/z', 'memory/strategies/s.yaml']) await objects.put(key, '12');
    await writeFile(join(folder, 'memory', 'runs', 'a', '.hidden.tmp'), 'half a write');
    expect(await objects.list('memory/runs/a')).toEqual([
      { key: 'memory/runs/a/deep/z', size: 2 },
      { key: 'memory/runs/a/y', size: 2 },
    ]);
    expect(await objects.list('memory/runs/')).toHaveLength(3);
    expect(await objects.list('memory/nothing/')).toEqual([]);
  });

  test('deletes an object, and does not mind one that is gone', async () => {
    const { objects } = await store();
    await objects.put('memory/x', '1');
    await objects.delete('memory/x');
    await objects.delete('memory/x');
    expect(await objects.get('memory/x')).toBeNull();
  });

  test.each(['memory/../secret', 'memory//x', '/etc/passwd', 'other/x', 'memory/.lock/x', 'memory/a\0b', '__proto__/x', ''])(
    'refuses the key %j',
    async (key) => {
      const { objects } = await store();
      await expect(objects.get(key)).rejects.toMatchObject({ name: 'StorageError', code: 'OBJECT_KEY_INVALID' });
      await expect(objects.put(key, 'x')).rejects.toMatchObject({ code: 'OBJECT_KEY_INVALID' });
    },
  );

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
