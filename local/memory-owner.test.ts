import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { lockMemory, type MemoryOwner, memoryOwner } from './memory-owner.ts';

const me: MemoryOwner = { pid: process.pid, port: 8123, command: 'serve', data: '/data' };

/** Another process that holds the folder until it is killed. */
async function otherOwner(memory: string): Promise<ChildProcess> {
  const script = `
    const { lockMemory } = await import(${JSON.stringify(new URL('./memory-owner.ts', import.meta.url).href)});
    await lockMemory(${JSON.stringify(memory)}, { pid: process.pid, port: 8124, command: 'serve', data: '/data' });
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [output] = await once(child.stdout, 'data');
  expect(String(output)).toContain('held');
  return child;
}

describe('ownership of a memory folder', () => {
  test('names its owner until it is released', async () => {
    const memory = await temporaryFolder();
    expect(await memoryOwner(memory)).toBeNull();
    const lock = await lockMemory(memory, { ...me, port: null });
    await lock.announce(me);
    expect(await memoryOwner(memory)).toEqual(me);
    await lock.release();
    expect(await memoryOwner(memory)).toBeNull();
  });

  test('a second owner is refused, with the first one named, in this process and from another', async () => {
    const memory = await temporaryFolder();
    const child = await otherOwner(memory);
    await expect(lockMemory(memory, me)).rejects.toMatchObject({
      name: 'StorageError',
      code: 'MEMORY_OWNED',
      message: expect.stringContaining(`process ${child.pid} (serve), which answers on http://127.0.0.1:8124`),
    });
    expect(await memoryOwner(memory)).toMatchObject({ pid: child.pid });
  });

  test('a killed owner holds nothing', async () => {
    const memory = await temporaryFolder();
    const child = await otherOwner(memory);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await memoryOwner(memory)).toBeNull();
    const lock = await lockMemory(memory, me);
    expect(await memoryOwner(memory)).toEqual(me);
    await lock.release();
  });

  test('a folder that cannot be made is refused with the reason', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(lockMemory(join(folder, 'file', 'memory'), me)).rejects.toMatchObject({ code: 'MEMORY_UNUSABLE' });
  });

  test.each([
    ['cut off', '{"pid": "many"'],
    ['of a living process that holds nothing', JSON.stringify({ ...me, pid: process.ppid })],
  ])('an owner file that is %s keeps nobody from a folder that is free', async (_, content) => {
    const memory = await temporaryFolder();
    await mkdir(join(memory, '.lock'));
    await writeFile(join(memory, '.lock', 'owner.json'), content);
    const lock = await lockMemory(memory, me);
    expect(await memoryOwner(memory)).toEqual(me);
    await lock.release();
  });

  test('a damaged owner file beside a held folder leaves its owner unnamed, and the folder refused', async () => {
    const memory = await temporaryFolder();
    await otherOwner(memory);
    await writeFile(join(memory, '.lock', 'owner.json'), '');
    expect(await memoryOwner(memory)).toBeNull();
    await expect(lockMemory(memory, me)).rejects.toMatchObject({ code: 'MEMORY_OWNED', message: expect.stringContaining('another process') });
  });
});
