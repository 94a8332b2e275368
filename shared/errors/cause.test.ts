import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { causeOf, readCause } from './cause.ts';
import { FAILURES, fail } from './index.ts';

const missing = () => fail('ARTEFACT_MISSING', { key: 'memory/runs/x/model.onnx', step: 'backtest' });
const lambda = (errorMessage: string) =>
  JSON.stringify({ errorType: 'StorageError', errorMessage, trace: ['StorageError: ...', '    at run (index.js:1:1)'] });

describe('the reader of causes', () => {
  test('gives message, code and guidance of a catalogued failure word for word', () => {
    expect(readCause('StorageError', lambda(missing().message))).toEqual({
      type: 'StorageError',
      message: missing().message,
      code: 'ARTEFACT_MISSING',
      guidance: FAILURES.ARTEFACT_MISSING.guidance,
      retry: 'as_is',
    });
  });

  test('takes the type from the cause where none is given, and the given one where both are', () => {
    expect(readCause(null, lambda('x')).type).toBe('StorageError');
    expect(readCause('TrainingDataError', lambda('x')).type).toBe('TrainingDataError');
  });

  test('reads back what causeOf writes', () => {
    const { errorType, cause } = causeOf(missing());
    expect(readCause(errorType, cause)).toMatchObject({ type: 'StorageError', message: missing().message, code: 'ARTEFACT_MISSING' });
    expect(readCause(null, causeOf('a thrown text').cause)).toMatchObject({ type: 'Error', message: 'a thrown text' });
  });

  test('of a cause cut anywhere it gives the beginning of the message, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(), (message, at) => {
        const whole = lambda(message);
        const cut = whole.slice(0, at % (whole.length + 1));
        const read = readCause('StorageError', cut).message;
        expect(message.startsWith(read) || read.includes('no cause was given') || !cut.includes('"errorMessage":"')).toBe(true);
        expect(read).not.toBe('');
      }),
    );
  });

  test('finds code and guidance in a cause that lost its trace', () => {
    const cut = lambda(`${missing().message} "quoted" \u00e9 \n end`).slice(0, -20);
    expect(readCause('StorageError', cut)).toMatchObject({ message: `${missing().message} "quoted" \u00e9 \n end`, code: 'ARTEFACT_MISSING' });
  });

  test('leaves out an escape that the cut broke', () => {
    expect(readCause('E', '{"errorType":"E","errorMessage":"one\\ntwo\\').message).toBe('one\ntwo');
    expect(readCause('E', '{"errorType":"E","errorMessage":"one\\u00').message).toBe('one');
  });

  test.each([
    ['States.Timeout', 'A task timed out', /longer than it may/],
    ['States.Timeout', null, /longer than it may/],
    ['Sandbox.Timedout', '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: 1 Error: Task timed out after 900.00 seconds"}', /longer than it may/],
    ['Lambda.Unknown', 'The cause could not be determined because Lambda did not return an error type. Task timed out after 3.00 seconds', /longer than it may/],
    ['Runtime.ExitError', '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: Runtime exited with error: signal: killed"}', /memory/],
    ['Runtime.OutOfMemory', 'out of memory', /memory/],
    ['Lambda.ServiceException', 'Service error', /service of the cloud/],
    ['DynamoDB.ProvisionedThroughputExceededException', 'Slow down', /service of the cloud/],
    ['Execution.TIMED_OUT', 'The execution ended as TIMED_OUT without settling its operation.', /longer than it may/],
    ['Execution.ABORTED', null, /stopped the execution/],
    ['States.Permissions', 'not authorized', /permission/],
    ['TypeError', '{"errorType":"TypeError","errorMessage":"x is not a function","trace":[]}', /not foreseen/],
    ['States.Runtime', 'Invalid path', /not foreseen/],
  ])('%s with cause %s gets guidance', (type, cause, guidance) => {
    const read = readCause(type, cause);
    expect(read.guidance).toMatch(guidance);
    expect(read).toMatchObject({ type, code: null });
    expect(read.message).not.toBe('');
  });

  test('names the error Unknown where JSON has no type', () => {
    expect(readCause(null, '{"errorMessage":"x"}')).toMatchObject({ type: 'Unknown', message: 'x' });
  });

  test('reads a message up to a line break that JSON would not have', () => {
    expect(readCause('E', '{"errorMessage":"one\ntwo"}').message).toBe('one');
  });

  test('takes a code from the beginning of a message alone', () => {
    expect(readCause('TypeError', lambda('x [ARTEFACT_MISSING] y'))).toMatchObject({ code: null });
  });

  test.each([
    'xStates.Timeout', 'States.Timeouts', 'Some.Runtime.ExitError', 'Runtime.ExitErrors', 'My.Lambda.X', 'S3x',
  ])('takes %s for no error of AWS', (type) => {
    expect(readCause(type, 'x').guidance).toMatch(/not foreseen/);
  });

  test('takes the end of a process by the name of the error alone, or by its words alone', () => {
    expect(readCause('Runtime.ExitError', 'x').guidance).toMatch(/memory/);
    expect(readCause('Some.Error', 'signal: killed').guidance).toMatch(/memory/);
  });

  test('keeps plain text, and JSON of another form, as they are', () => {
    expect(readCause('E', 'text about "errorMessage":"x"').message).toBe('text about "errorMessage":"x"');
    expect(readCause('E', '{"errorMessage":7}').message).toBe('{"errorMessage":7}');
    expect(readCause('E', 'plain text').message).toBe('plain text');
    expect(readCause('E', '{"message":"other"}').message).toBe('{"message":"other"}');
    expect(readCause('E', '[1]').message).toBe('[1]');
  });

  test('says so where there is nothing', () => {
    expect(readCause('E', null).message).toContain('no cause was given');
    expect(readCause(null, ' ')).toMatchObject({ type: 'Unknown', code: null });
  });

  test('knows no guidance for a code of another version', () => {
    expect(readCause('StorageError', lambda('[NEXT_YEARS_CODE] Something.'))).toMatchObject({ code: 'NEXT_YEARS_CODE', guidance: null, retry: null });
  });
});
