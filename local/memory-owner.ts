import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { z } from 'zod';
import { fail } from '../shared/errors/index.ts';
import { rootMessageOf } from '../shared/errors/message.ts';

const ownerSchema = z.strictObject({
  pid: z.int().positive(),
  /** Port of its HTTP API on 127.0.0.1; null for a command that serves none. */
  port: z.int().positive().nullable(),
  command: z.string(),
  data: z.string(),
  /** What its server says of itself in the header `INSTANCE_HEADER`; a command that serves none has none. */
  instance: z.string().optional(),
});

/** By it a server is told from another one that has come to its port. */
export const INSTANCE_HEADER = 'tocsin-instance';

/** The process that owns a memory folder, as its lock file names it. */
export type MemoryOwner = z.infer<typeof ownerSchema>;

/** A held memory folder. */
export interface MemoryLock {
  /** Publishes how others can reach the owner. */
  announce(owner: MemoryOwner): Promise<void>;
  release(): Promise<void>;
}

const OWNER_FILE = 'owner.json';

function lockFolder(memory: string): string {
  return join(memory, '.lock');
}

/**
 * Takes the memory folder for this process, or throws MEMORY_OWNED naming the owner.
 * The lock itself is the operating system's, on a LevelDB folder: it goes with its process, so a dead owner holds nothing.
 * @throws StorageError MEMORY_OWNED, or MEMORY_UNUSABLE where the folder cannot be written
 */
export async function lockMemory(memory: string, owner: MemoryOwner): Promise<MemoryLock> {
  const folder = lockFolder(memory);
  const mutex = new ClassicLevel(join(folder, 'mutex'));
  try {
    await mkdir(folder, { recursive: true });
    await mutex.open();
  } catch (error) {
    if (isLocked(error)) throw fail('MEMORY_OWNED', { folder: resolve(memory), owner: describeOwner(await readOwner(memory)) }, error);
    throw fail('MEMORY_UNUSABLE', { folder: resolve(memory), reason: rootMessageOf(error) }, error);
  }
  const file = join(folder, OWNER_FILE);
  const announce = async (announced: MemoryOwner) => {
    const temporary = `${file}.${process.pid}.tmp`;
    await writeFile(temporary, `${JSON.stringify(announced, null, 2)}\n`);
    await rename(temporary, file);
  };
  try {
    await announce(owner);
  } catch (error) {
    await mutex.close();
    throw fail('MEMORY_UNUSABLE', { folder: resolve(memory), reason: rootMessageOf(error) }, error);
  }
  return {
    announce,
    async release() {
      try {
        await rm(file, { force: true });
      } finally {
        await mutex.close();
      }
    },
  };
}

/** The process that says it holds the folder, if it is alive; null where none is known. Whether one does hold it, only `lockMemory` tells. */
export async function memoryOwner(memory: string): Promise<MemoryOwner | null> {
  const owner = await readOwner(memory);
  return owner !== null && isAlive(owner.pid) ? owner : null;
}

/** The owner for a message: process, command, address. */
export function describeOwner(owner: MemoryOwner | null): string {
  if (owner === null) return 'another process';
  const address = owner.port === null ? '' : `, which answers on http://127.0.0.1:${owner.port}`;
  return `process ${owner.pid} (${owner.command})${address}`;
}

async function readOwner(memory: string): Promise<MemoryOwner | null> {
  let text: string;
  try {
    text = await readFile(join(lockFolder(memory), OWNER_FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw fail('MEMORY_UNUSABLE', { folder: resolve(memory), reason: rootMessageOf(error) }, error);
  }
  return parseOwner(text);
}

/** Null for a damaged file: it is for information, and the lock does without it. */
function parseOwner(text: string): MemoryOwner | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return ownerSchema.safeParse(value).data ?? null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    if (error instanceof Error && 'code' in error) {
      if (error.code === 'EPERM') return true;
      if (error.code === 'ESRCH') return false;
    }
    throw error;
  }
}

function isLocked(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && at.code === 'LEVEL_LOCKED') return true;
  }
  return false;
}
