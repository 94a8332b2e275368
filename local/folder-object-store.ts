import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail } from '../shared/errors/index.ts';
import { messageOf } from '../shared/errors/message.ts';
import { assertObjectKey } from '../shared/memory/keys.ts';
import { sha256Hex } from '../shared/hash.ts';
import type { ObjectStore, ObjectSummary, PutOptions, VersionedObject } from '../shared/ports/index.ts';

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const TEMPORARY = /(^|\/)\.[0-9a-f]{16}\.tmp$/;

/** Folders behind the first part of a key. */
export interface FolderMounts {
  /** Holds `memory/...`. */
  readonly memory: string;
  /** Holds `market-data/...`. */
  readonly marketData: string;
}

/**
 * An object store on folders. A write is all or nothing: it goes to a temporary file, is flushed to disk,
 * and only then takes its name; with `ifNoneMatch` it takes the name by a link, which fails where the name is taken. An object's version is
 * its SHA-256; replacements through one store follow one another, and a memory folder has one owner.
 */
export class FolderObjectStore implements ObjectStore {
  readonly #mounts: Readonly<Record<string, string>>;
  #replacing: Promise<unknown> = Promise.resolve();

  constructor(mounts: FolderMounts) {
    this.#mounts = { memory: mounts.memory, 'market-data': mounts.marketData };
  }

  async get(key: string): Promise<Uint8Array | null> {
    assertObjectKey(key);
    const path = this.#path(key);
    try {
      return await readFile(path);
    } catch (error) {
      // A folder is no object.
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return null;
      throw fail('OBJECT_READ_FAILED', { key, reason: messageOf(error) }, error);
    }
  }

  async put(key: string, body: Uint8Array | string, options: PutOptions = {}): Promise<'written' | 'exists'> {
    assertObjectKey(key);
    const path = this.#path(key);
    const folder = dirname(path);
    const temporary = join(folder, `.${randomBytes(8).toString('hex')}.tmp`);
    try {
      const made = await mkdir(folder, { recursive: true });
      await writeDurably(temporary, body);
      if (options.ifNoneMatch !== true) await rename(temporary, path);
      else if (!(await linkUnlessTaken(temporary, path))) return 'exists';
      await syncFolder(folder);
      if (made !== undefined) await syncParents(folder, dirname(made));
      return 'written';
    } catch (error) {
      // oxlint-disable-next-line loud/no-swallowed-error -- the write's own error says more than that its remains could not be removed
      await rm(temporary, { force: true }).catch(() => {});
      throw fail('OBJECT_WRITE_FAILED', { key, reason: messageOf(error) }, error);
    }
  }

  async getVersioned(key: string): Promise<VersionedObject | null> {
    const bytes = await this.get(key);
    return bytes === null ? null : { bytes, version: sha256Hex(bytes) };
  }

  async replace(key: string, version: string, body: Uint8Array | string): Promise<'written' | 'changed'> {
    const replacement = this.#replacing.then(async () => {
      const current = await this.getVersioned(key);
      if (current?.version !== version) return 'changed';
      await this.put(key, body);
      return 'written';
    });
    // oxlint-disable-next-line loud/no-swallowed-error -- its own caller is told; the next replacement only waits for it
    this.#replacing = replacement.catch(() => null);
    return replacement;
  }

  async list(prefix: string): Promise<readonly ObjectSummary[]> {
    const cut = prefix.lastIndexOf('/');
    const parent = prefix.slice(0, cut);
    const found: ObjectSummary[] = [];
    await this.#collect(parent, prefix, found);
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async delete(key: string): Promise<void> {
    assertObjectKey(key);
    const path = this.#path(key);
    try {
      await rm(path, { force: true });
    } catch (error) {
      if (hasCode(error, 'ENOTDIR')) return;
      throw fail('OBJECT_WRITE_FAILED', { key, reason: messageOf(error) }, error);
    }
  }

  async #collect(parent: string, prefix: string, found: ObjectSummary[]): Promise<void> {
    for (const name of await this.#namesIn(parent)) {
      const key = `${parent}/${name}`;
      // A name that is no key (a temporary file, a foreign file) is no object of this store.
      if (!SEGMENT.test(name) || !(key.startsWith(prefix) || prefix.startsWith(`${key}/`))) continue;
      const entry = await this.#entryOf(key);
      if (entry?.isDirectory() === true) await this.#collect(key, prefix, found);
      else if (entry?.isFile() === true && key.startsWith(prefix)) found.push({ key, size: entry.size });
    }
  }

  /** None in a folder that is not there. */
  async #namesIn(parent: string): Promise<readonly string[]> {
    try {
      return await readdir(this.#path(parent));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw fail('OBJECT_READ_FAILED', { key: parent, reason: messageOf(error) }, error);
    }
  }

  /** What a name leads to, links followed; null for one removed since the listing, and for a link that leads nowhere. */
  async #entryOf(key: string): Promise<Stats | null> {
    try {
      return await stat(this.#path(key));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null;
      throw fail('OBJECT_READ_FAILED', { key, reason: messageOf(error) }, error);
    }
  }

  #path(key: string): string {
    const [mount, ...segments] = key.split('/');
    const root = mount !== undefined && Object.hasOwn(this.#mounts, mount) ? this.#mounts[mount] : undefined;
    if (root === undefined || !segments.every((segment) => SEGMENT.test(segment))) throw fail('OBJECT_KEY_INVALID', { key });
    return join(root, ...segments);
  }
}

/**
 * Removes what writes have left in a folder that neither ended nor were taken back, since their process was killed.
 * For use while nobody writes to it.
 */
export async function removeHalfWritten(folder: string): Promise<void> {
  for (const path of await readdir(folder, { recursive: true })) if (TEMPORARY.test(path)) await rm(join(folder, path));
}

async function writeDurably(path: string, body: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives `temporary` its final name and removes the temporary one; false where the name is taken. */
async function linkUnlessTaken(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Flushes the entries of folders that were made on the way to `folder`, up to the one below which the first was made. */
async function syncParents(folder: string, top: string): Promise<void> {
  for (let at = folder; at !== top; ) {
    at = dirname(at);
    await syncFolder(at);
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
