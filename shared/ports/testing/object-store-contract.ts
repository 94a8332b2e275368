import { describe, expect, test } from 'vitest';
import type { ObjectStore } from '../object-store.ts';

/** The laws of every object store, as tests. `open` gives an empty store. */
export function describeObjectStoreContract(open: () => Promise<ObjectStore>): void {
  describe('object store contract', () => {
    test('gives back what was put, and null for a key that was not', async () => {
      const objects = await open();
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      expect(await objects.put('memory/runs/a/model/model.onnx', bytes)).toBe('written');
      expect(await objects.put('memory/runs/a/strategy.yaml', 'Größe: 1 €\n')).toBe('written');
      expect(Buffer.from((await objects.get('memory/runs/a/model/model.onnx'))!)).toEqual(Buffer.from(bytes));
      expect(text(await objects.get('memory/runs/a/strategy.yaml'))).toBe('Größe: 1 €\n');
      expect(await objects.get('memory/runs/a/model/other')).toBeNull();
      expect(await objects.get('memory/runs/a/model')).toBeNull();
    });

    test('keeps an empty object', async () => {
      const objects = await open();
      await objects.put('memory/empty', '');
      expect(text(await objects.get('memory/empty'))).toBe('');
      expect(await objects.list('memory/')).toEqual([{ key: 'memory/empty', size: 0 }]);
    });

    test('replaces an object whole', async () => {
      const objects = await open();
      await objects.put('market-data/EURUSD_1h.csv', 'a long first text');
      await objects.put('market-data/EURUSD_1h.csv', 'short');
      expect(text(await objects.get('market-data/EURUSD_1h.csv'))).toBe('short');
    });

    test('of many conditional puts at once exactly one is written', async () => {
      const objects = await open();
      const key = 'memory/experiments/one.yaml';
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => objects.put(key, `writer ${i}`, { ifNoneMatch: true })));
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect(text(await objects.get(key))).toBe(`writer ${outcomes.indexOf('written')}`);
      expect(await objects.put(key, 'late', { ifNoneMatch: true })).toBe('exists');
    });

    test('replaces the version that was read, and no other', async () => {
      const objects = await open();
      const key = 'memory/hypotheses.yaml';
      expect(await objects.getVersioned(key)).toBeNull();
      await objects.put(key, 'one');
      const one = (await objects.getVersioned(key))!;
      expect(text(one.bytes)).toBe('one');
      expect(await objects.replace(key, one.version, 'two')).toBe('written');
      expect(await objects.replace(key, one.version, 'three')).toBe('changed');
      expect(text(await objects.get(key))).toBe('two');
      const two = (await objects.getVersioned(key))!;
      await objects.delete(key);
      expect(await objects.replace(key, two.version, 'three')).toBe('changed');
      expect(await objects.get(key)).toBeNull();
    });

    test('of many replacements of one version at once exactly one is written', async () => {
      const objects = await open();
      const key = 'memory/hypotheses.yaml';
      await objects.put(key, 'first');
      const { version } = (await objects.getVersioned(key))!;
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => objects.replace(key, version, `writer ${i}`)));
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect(text(await objects.get(key))).toBe(`writer ${outcomes.indexOf('written')}`);
    });

    test('lists keys by prefix, ascending, each with its size', async () => {
      const objects = await open();
      for (const key of ['memory/runs/b/x', 'memory/runs/a/y', 'memory/runs/a/deep/z', 'memory/strategies/s.yaml']) await objects.put(key, '12');
      expect(await objects.list('memory/runs/a')).toEqual([
        { key: 'memory/runs/a/deep/z', size: 2 },
        { key: 'memory/runs/a/y', size: 2 },
      ]);
      expect(await objects.list('memory/runs/')).toHaveLength(3);
      expect(await objects.list('memory/nothing/')).toEqual([]);
    });

    test('deletes an object, and does not mind one that is gone', async () => {
      const objects = await open();
      await objects.put('memory/x', '1');
      await objects.delete('memory/x');
      await objects.delete('memory/x');
      expect(await objects.get('memory/x')).toBeNull();
      expect(await objects.put('memory/x', '2', { ifNoneMatch: true })).toBe('written');
    });

    test.each(['memory', 'memory/', 'memory/../secret', 'memory//x', '/etc/passwd', 'other/x', 'memory/.lock/x', 'memory/a\0b', '__proto__/x', ''])(
      'refuses the key %j',
      async (key) => {
        const objects = await open();
        const uses = [
          () => objects.get(key),
          () => objects.put(key, 'x'),
          () => objects.delete(key),
          () => objects.getVersioned(key),
          () => objects.replace(key, '0', 'x'),
        ];
        for (const use of uses) {
          await expect(use()).rejects.toMatchObject({ name: 'StorageError', code: 'OBJECT_KEY_INVALID' });
        }
      },
    );
  });
}

function text(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString();
}
