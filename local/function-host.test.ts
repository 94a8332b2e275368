import { expect, onTestFinished, test } from 'vitest';
import { FunctionHost } from './function-host.ts';

test('a process that cannot be started fails its invocation, and does not keep the host from closing', async () => {
  const node = process.execPath;
  onTestFinished(() => {
    process.execPath = node;
  });
  process.execPath = '/no/such/program';
  const host = new FunctionHost({ memory: '/m', data: '/d', dynamoDbEndpoint: 'http://127.0.0.1:1' }, 500);
  await expect(host.invoke('train', {}, new AbortController().signal)).rejects.toMatchObject({ name: 'Runtime.ExitError', message: expect.stringContaining('ENOENT') });
  await expect(host.close()).resolves.toBeUndefined();
});
