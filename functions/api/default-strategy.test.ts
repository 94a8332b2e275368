import { expect, test } from 'vitest';
import { strategyKey } from '../../shared/memory/keys.ts';
import { MemoryObjectStore } from '../../shared/ports/testing/memory-object-store.ts';
import { storedStrategy } from './default-strategy.ts';

test('a stored strategy is read at each call, and one that is not stored is a failure that names it', async () => {
  const objects = new MemoryObjectStore();
  const read = storedStrategy(objects, 'mine');
  await expect(read()).rejects.toMatchObject({ name: 'StorageError', code: 'DEFAULT_STRATEGY_MISSING', facts: { name: 'mine', key: strategyKey('mine') } });
  for (const text of ['a: 1', 'a: 2']) {
    await objects.put(strategyKey('mine'), text);
    expect(new TextDecoder().decode(await read())).toBe(text);
  }
});
