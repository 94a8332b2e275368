import { sha256Hex } from '../../hash.ts';
import { assertObjectKey } from '../../memory/keys.ts';
import type { ObjectStore, ObjectSummary, PutOptions } from '../object-store.ts';

const encoder = new TextEncoder();

/** An object store in memory. Each method takes effect at once when it is called. */
export class MemoryObjectStore implements ObjectStore {
  readonly #objects = new Map<string, Uint8Array>();

  async get(key: string): Promise<Uint8Array | null> {
    assertObjectKey(key);
    return this.#objects.get(key)?.slice() ?? null;
  }

  async getVersioned(key: string): Promise<{ readonly bytes: Uint8Array; readonly version: string } | null> {
    assertObjectKey(key);
    const bytes = this.#objects.get(key);
    return bytes === undefined ? null : { bytes: bytes.slice(), version: sha256Hex(bytes) };
  }

  async replace(key: string, version: string, body: Uint8Array | string): Promise<'written' | 'changed'> {
    assertObjectKey(key);
    const bytes = this.#objects.get(key);
    if (bytes === undefined || sha256Hex(bytes) !== version) return 'changed';
    this.#set(key, body);
    return 'written';
  }

  async put(key: string, body: Uint8Array | string, options: PutOptions = {}): Promise<'written' | 'exists'> {
    assertObjectKey(key);
    if (options.ifNoneMatch === true && this.#objects.has(key)) return 'exists';
    this.#set(key, body);
    return 'written';
  }

  async list(prefix: string): Promise<readonly ObjectSummary[]> {
    const found = [...this.#objects].filter(([key]) => key.startsWith(prefix)).map(([key, body]) => ({ key, size: body.length }));
    return found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  async delete(key: string): Promise<void> {
    assertObjectKey(key);
    this.#objects.delete(key);
  }

  #set(key: string, body: Uint8Array | string): void {
    this.#objects.set(key, typeof body === 'string' ? encoder.encode(body) : body.slice());
  }
}
