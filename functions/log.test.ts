import { expect, test, vi } from 'vitest';
import { fail } from '../shared/errors/index.ts';
import { errorFields, jsonLog } from './log.ts';

test('a log line is one line of JSON with the common fields, the error and everything that caused it', () => {
  const lines: string[] = [];
  const root = new TypeError('no route\nto the host');
  const error = fail('OBJECT_READ_FAILED', { key: 'memory/x', reason: 'so' }, new AggregateError([root, 'and a word'], 'twice'));
  jsonLog({ service: 's' }, (line) => lines.push(line))('ERROR', 'it failed', { error: errorFields(error) });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(lines[0]!)).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    level: 'ERROR',
    message: 'it failed',
    service: 's',
    error: {
      type: 'StorageError',
      message: error.message,
      stack: expect.arrayContaining([expect.stringMatching(/^at .*log\.test\.ts/)]),
      causes: [
        {
          type: 'AggregateError',
          message: 'twice',
          stack: expect.any(Array),
          causes: [
            { type: 'TypeError', message: 'no route\nto the host', stack: expect.any(Array) },
            { type: 'string', message: 'and a word' },
          ],
        },
      ],
    },
  });
});

test('causes without end are cut', () => {
  const error = new Error('a ring');
  error.cause = error;
  expect(JSON.stringify(errorFields(error)).match(/a ring/g)).toHaveLength(6);
});

test('log lines go to the standard output', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    jsonLog({ service: 's' })('INFO', 'here');
    expect(write.mock.calls).toEqual([[expect.stringContaining('"message":"here","service":"s"}\n')]]);
  } finally {
    write.mockRestore();
  }
});

test('the frames of an error whose words were changed are its frames alone', () => {
  const error = new Error('look at this\nand stay');
  error.message = 'something else';
  const { stack } = errorFields(error);
  expect(stack).toEqual(expect.arrayContaining([expect.stringMatching(/^at .*log\.test\.ts/)]));
  expect(JSON.stringify(stack)).not.toContain('look');
});
