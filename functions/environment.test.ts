import { expect, test } from 'vitest';
import { apiEnvironment, readEnvironment, reconcileEnvironment, stepEnvironment } from './environment.ts';

const STORES = { STAGE: 'test', TABLE_NAME: 'operations', BUCKET_NAME: 'bucket' };
const STATE_MACHINE_ARN = 'arn:aws:states:eu-central-1:000000000000:stateMachine:research-cycle';

test('what the functions are given is read, numbers as numbers', () => {
  expect(readEnvironment(stepEnvironment, { ...STORES, PATH: '/bin' })).toEqual({ ...STORES, PROGRESS_INTERVAL_MS: 3000 });
  expect(readEnvironment(stepEnvironment, { ...STORES, PROGRESS_INTERVAL_MS: '0' })).toMatchObject({ PROGRESS_INTERVAL_MS: 0 });
  expect(readEnvironment(apiEnvironment, { ...STORES, STATE_MACHINE_ARN, CAPACITY: '4', DEFAULT_STRATEGY: 'small' })).toMatchObject({ CAPACITY: 4 });
});

test('every variable that is missing or wrong is named at once', () => {
  const read = () => readEnvironment(apiEnvironment, { BUCKET_NAME: '', STATE_MACHINE_ARN: 'research-cycle', CAPACITY: '0', DEFAULT_STRATEGY: '../x', STAGE: 'test' });
  expect(read).toThrow(expect.objectContaining({ name: 'PipelineError', code: 'ENVIRONMENT_INVALID' }));
  for (const name of ['TABLE_NAME', 'BUCKET_NAME', 'STATE_MACHINE_ARN', 'CAPACITY', 'DEFAULT_STRATEGY']) expect(read).toThrow(`${name}: `);
  expect(() => readEnvironment(reconcileEnvironment, STORES)).toThrow('STATE_MACHINE_ARN: ');
  expect(() => readEnvironment(stepEnvironment, { ...STORES, PROGRESS_INTERVAL_MS: 'soon' })).toThrow('PROGRESS_INTERVAL_MS: must be a whole number');
});
