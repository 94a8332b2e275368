import { expect, it } from 'vitest';
import { invoke, invokeFailing, probe } from './support.ts';

interface Description {
  readonly process: number;
  readonly invocations: number;
  readonly request: string;
  readonly function: string;
  readonly memory: string;
  readonly remaining: number;
  readonly stage: string;
  readonly host?: string;
}

async function describeFunction(functionArn: string): Promise<Description> {
  return (await invoke(functionArn, { do: 'describe' })).payload as Description;
}

it('gives a thrown error its name, message and trace', async () => {
  const error = await invokeFailing(probe.worker, { do: 'fail', name: 'TrainingDataError', message: '[CODE] too few rows' });
  expect(error).toMatchObject({ errorType: 'TrainingDataError', errorMessage: '[CODE] too few rows' });
  expect(error.trace?.[0]).toBe('TrainingDataError: [CODE] too few rows');
});

it('names a thrown value that is no Error by its type', async () => {
  expect(await invokeFailing(probe.worker, { do: 'throw-text', text: 'plain' })).toEqual({
    errorType: 'string',
    errorMessage: 'plain',
    trace: [],
  });
});

it('hands over the context, its own environment and nothing of the host', async () => {
  const description = await describeFunction(probe.worker);
  expect(description).toMatchObject({ function: probe.worker.split(':').at(-1), memory: '512', stage: 'probe' });
  expect(description.remaining).toBeGreaterThan(50_000);
  expect(description.remaining).toBeLessThanOrEqual(60_000);
  expect(description.host).toBeUndefined();
});

it('reuses a warm environment, and runs invocations at the same time in environments of their own', async () => {
  const first = await describeFunction(probe.stranger);
  const second = await describeFunction(probe.stranger);
  expect(second).toMatchObject({ process: first.process, invocations: first.invocations + 1 });

  const started = Date.now();
  await Promise.all(Array.from({ length: 4 }, async () => await invoke(probe.stranger, { do: 'wait', ms: 2_000 })));
  expect(Date.now() - started).toBeLessThan(6_000);
});

it('kills a function at its time-out, names it Sandbox.Timedout, and starts the next invocation afresh', async () => {
  const before = await describeFunction(probe.hasty);
  const error = await invokeFailing(probe.hasty, { do: 'wait', ms: 30_000 });
  expect(error.errorType).toBe('Sandbox.Timedout');
  expect(error.errorMessage).toMatch(/^RequestId: [-0-9a-f]{36} Error: Task timed out after 1\.00 seconds$/);
  const after = await describeFunction(probe.hasty);
  expect(after.process).not.toBe(before.process);
  expect(after.invocations).toBe(1);
});

it.each([
  { request: { do: 'exit', code: 3 }, message: 'Runtime exited with error: exit status 3' },
  { request: { do: 'exit', code: 0 }, message: 'Runtime exited without providing a reason' },
  { request: { do: 'lose-rejection' }, message: 'Runtime exited with error: exit status 1' },
] as const)('reports a process that ended as Runtime.ExitError: $message', async ({ request, message }) => {
  const error = await invokeFailing(probe.worker, request);
  expect(error.errorType).toBe('Runtime.ExitError');
  expect(error.errorMessage).toMatch(new RegExp(`^RequestId: [-0-9a-f]{36} Error: ${message}$`));
});

it('gives the error of a function that cannot start its name, at each invocation', async () => {
  const error = { errorType: 'StorageError', errorMessage: 'cannot start' };
  expect(await invokeFailing(probe.unready, { do: 'describe' })).toMatchObject(error);
  expect(await invokeFailing(probe.unready, { do: 'describe' })).toMatchObject(error);
});

it('ends a function that holds more memory than it is given with Runtime.OutOfMemory', async () => {
  const error = await invokeFailing(probe.worker, { do: 'hold-memory', megabytes: 1024 });
  expect(error.errorType).toBe('Runtime.OutOfMemory');
});

it('lets a function reach the emulator through the SDK without settings of its own', async () => {
  expect(await invoke(probe.worker, { do: 'put-item', id: 'item' })).toEqual({ failed: false, payload: { put: 'item' } });
  expect(await invoke(probe.worker, { do: 'put-object', key: 'object' })).toEqual({ failed: false, payload: { put: 'object' } });
});
