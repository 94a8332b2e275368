import { describe, expect, test, vi } from 'vitest';
import { fail } from '../shared/errors/index.ts';
import { readCause } from '../shared/errors/cause.ts';
import type { StepContext } from '../shared/research/step.ts';
import { invokeStep } from './invoke-step.ts';

const HOST = { remainingMs: () => 60_000, progressIntervalMs: 5 };

describe('an invocation of a step', () => {
  test('gets event and context, and its output is handed on', async () => {
    const seen: unknown[] = [];
    const output = await invokeStep('train', async (event, { progressIntervalMs, remainingMs, signal }) => {
      seen.push(event, progressIntervalMs, remainingMs(), signal.aborted);
      return { gate: { passed: true } };
    }, { operation_id: 'x' }, HOST);
    expect(output).toEqual({ gate: { passed: true } });
    expect(seen).toEqual([{ operation_id: 'x' }, 5, 57_000, false]);
  });

  test('with an output that JSON would change fails', async () => {
    await expect(invokeStep('train', async () => ({ accuracy: Number.NaN }), {}, HOST)).rejects.toMatchObject({ code: 'STEP_OUTPUT_INVALID' });
  });

  test('is stopped with a reason shortly before its time is over', async () => {
    const deadline = performance.now() + 3_020;
    const work = invokeStep('backtest', aborted, {}, { ...HOST, remainingMs: () => deadline - performance.now() });
    await expect(work).rejects.toMatchObject({ name: 'PipelineError', code: 'STEP_OUT_OF_TIME', facts: { step: 'backtest', limitSeconds: 3 } });
  });

  test('is stopped when its host says so', async () => {
    const host = new AbortController();
    const work = invokeStep('train', aborted, {}, { ...HOST, signal: host.signal });
    host.abort(new Error('cancelled'));
    await expect(work).rejects.toThrow('cancelled');
  });

  test('hands on an error with its name and words, and ten frames, so that a long story fits into Cause', async () => {
    const error = fail('SWEEP_INCOMPLETE', { failures: Array.from({ length: 200 }, (_, i) => `Line ${i}\n    at nowhere.`) });
    const deep = (depth: number): never => {
      if (depth > 0) return deep(depth - 1);
      throw Object.assign(error, { stack: new Error(error.message).stack });
    };
    const thrown: Error = await invokeStep('train', async () => deep(50), {}, HOST).catch((caught: unknown) => caught) as Error;
    expect(thrown).toBe(error);
    const lines = thrown.stack!.split('\n');
    expect(lines[0]).toBe('StorageError');
    expect(lines).toHaveLength(11);
    expect(lines.slice(1).every((line) => /^ {4}at .*invoke-step\.test\.ts/.test(line))).toBe(true);
    const cause = JSON.stringify({ errorType: thrown.name, errorMessage: thrown.message, trace: lines });
    expect(cause.length).toBeLessThan(32_768);
    expect(readCause(thrown.name, cause)).toMatchObject({ type: 'StorageError', message: error.message, code: 'SWEEP_INCOMPLETE' });
  });

  test('cuts the stack of a runtime that keeps longer ones', async () => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 40;
    try {
      const deep = (depth: number): never => {
        if (depth > 0) return deep(depth - 1);
        throw new TypeError('deep');
      };
      const thrown: unknown = await invokeStep('train', async () => deep(30), {}, HOST).catch((caught: unknown) => caught);
      expect((thrown as Error).stack!.split('\n')).toHaveLength(11);
    } finally {
      Error.stackTraceLimit = limit;
    }
  });

  test('leaves no timer behind, however it ends', async () => {
    vi.useFakeTimers();
    try {
      await invokeStep('train', async () => ({}), {}, HOST);
      await expect(invokeStep('train', () => Promise.reject(new Error('x')), {}, HOST)).rejects.toThrow('x');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('passes on what is no error', async () => {
    // oxlint-disable-next-line typescript/only-throw-error -- it is what is tested
    await expect(invokeStep('train', () => { throw 'a word'; }, {}, HOST)).rejects.toBe('a word');
  });
});

/** Works until it is told to stop. */
function aborted(_: unknown, { signal }: StepContext): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}
