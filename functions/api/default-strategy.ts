import { fail } from '../../shared/errors/index.ts';
import { strategyKey } from '../../shared/memory/keys.ts';
import type { ObjectStore } from '../../shared/ports/index.ts';

/**
 * The bytes of a stored strategy, read at each call, so that a new version counts at once.
 * @throws StorageError DEFAULT_STRATEGY_MISSING
 */
export function storedStrategy(objects: ObjectStore, name: string): () => Promise<Uint8Array> {
  const key = strategyKey(name);
  return async () => {
    const bytes = await objects.get(key);
    if (bytes === null) throw fail('DEFAULT_STRATEGY_MISSING', { name, key });
    return bytes;
  };
}
