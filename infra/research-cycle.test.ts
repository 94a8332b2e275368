import { readFileSync } from 'node:fs';
import aslValidator from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { PIPELINE_ERRORS } from '../shared/errors/index.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string; readonly ResultPath?: string | null }[];
}

const text = readFileSync(new URL('./research-cycle.asl.json', import.meta.url), 'utf8');
const definition = JSON.parse(text) as { readonly TimeoutSeconds: number; readonly States: Readonly<Record<string, State>> };
const tasks = Object.entries(definition.States).filter(([, state]) => state.Type === 'Task');
const PIPELINE_ERROR_NAMES = Object.keys(PIPELINE_ERRORS);

/** Names that Step Functions, Lambda and its DynamoDB integration raise themselves. */
const AWS_ERROR_NAMES = [
  'States.Timeout',
  'States.HeartbeatTimeout',
  'States.Permissions',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'Lambda.Unknown',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
  'DynamoDB.ConditionalCheckFailedException',
  'DynamoDB.InternalServerError',
  'DynamoDB.InternalServerErrorException',
  'DynamoDB.ProvisionedThroughputExceededException',
  'DynamoDB.RequestLimitExceeded',
  'DynamoDB.SdkClientException',
  'DynamoDB.ServiceUnavailableException',
  'DynamoDB.ThrottlingException',
];

function stateAt(name: string | undefined): State {
  const state = name === undefined ? undefined : definition.States[name];
  if (state === undefined) throw new Error(`There is no state ${name}.`);
  return state;
}

describe('the state machine of the research cycle', () => {
  test('is valid Amazon States Language', () => {
    const validation = aslValidator(JSON.parse(text.replaceAll(/\$\{\w+\}/g, 'arn:aws:lambda:eu-central-1:000000000000:function:x')));
    expect(validation.errorsText('\n')).toBe('');
    expect(validation.isValid).toBe(true);
  });

  test.each(tasks)('%s catches every PipelineError type by name', (_, { Catch: catchers = [] }) => {
    expect(catchers.flatMap((catcher) => catcher.ErrorEquals)).toEqual(expect.arrayContaining(PIPELINE_ERROR_NAMES));
  });

  test.each(tasks)('%s has States.ALL alone in its last catcher', (_, { Catch: catchers = [] }) => {
    expect(catchers.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
    expect(catchers.slice(0, -1).flatMap((catcher) => catcher.ErrorEquals)).not.toContain('States.ALL');
  });

  test.each(tasks)('%s names only errors that exist', (_, { Catch: catchers = [], Retry: retriers = [] }) => {
    const names = [...catchers, ...retriers].flatMap((entry) => entry.ErrorEquals).filter((name) => name !== 'States.ALL');
    expect([...PIPELINE_ERROR_NAMES, ...AWS_ERROR_NAMES]).toEqual(expect.arrayContaining(names));
  });

  test.each(tasks)('%s retries nothing that would fail the same way again', (_, { Retry: retriers = [] }) => {
    const names = retriers.flatMap((retrier) => retrier.ErrorEquals);
    for (const name of [...PIPELINE_ERROR_NAMES, 'States.ALL', 'States.Timeout', 'States.TaskFailed', 'Sandbox.Timedout', 'DynamoDB.ConditionalCheckFailedException']) {
      expect(names).not.toContain(name);
    }
  });

  test.each(tasks.filter(([name]) => name !== 'RecordFailure'))('every catcher of %s leads through its step\'s name and the recorder to Fail', (_, { Catch: catchers = [] }) => {
    for (const { Next, ResultPath } of catchers) {
      expect(ResultPath).toBe('$.error');
      const named = stateAt(Next);
      expect(named).toMatchObject({ Type: 'Pass', ResultPath: '$.failed_step', Next: 'RecordFailure' });
    }
  });

  test('the recorder keeps the error, is conditional, and goes on to Fail whatever happens to it', () => {
    const recorder = stateAt('RecordFailure');
    expect(recorder).toMatchObject({ Next: 'Failed', ResultPath: null });
    for (const { Next, ResultPath } of recorder.Catch ?? []) expect({ Next, ResultPath }).toEqual({ Next: 'Failed', ResultPath: '$.recorder_error' });
    expect(stateAt('Failed')).toEqual({ Type: 'Fail', ErrorPath: '$.error.Error', CausePath: '$.error.Cause' });
  });

  test('every task has a literal time-out, and the machine one above their sum', () => {
    const longest = tasks.map(([, state]) => state.TimeoutSeconds ?? Number.NaN);
    expect(longest.every((seconds) => seconds > 0)).toBe(true);
    expect(definition.TimeoutSeconds).toBeGreaterThan(longest.reduce((sum, seconds) => sum + seconds, 0));
  });

  test('uses nothing of the context object that the local interpreter lacks', () => {
    expect(text).not.toContain('$$.');
  });

  test('the longest good path takes at most 12 transitions', () => {
    const path: string[] = [];
    const good: Readonly<Record<string, string>> = { TrainingGate: 'Backtest', BacktestGate: 'Accepted' };
    for (let name: string | undefined = 'Train'; name !== undefined; name = good[name] ?? stateAt(name).Next) path.push(name);
    expect(path.at(-1)).toBe('Completed');
    expect(path.length + 1).toBeLessThanOrEqual(12);
  });
});
