import { expect, test } from 'vitest';
import { checkedStepOutput } from './step-output.ts';

test('a plain JSON object is passed on as it is', () => {
  const output = { gate: { passed: true, reason: 'passed', values: [1, null, 'x'] } };
  expect(checkedStepOutput('train', output)).toBe(output);
});

test.each([
  ['undefined', undefined, 'output is of type undefined'],
  ['a NaN deep inside', { a: [{ b: Number.NaN }] }, 'output.a[0].b is NaN'],
  ['infinity', { a: Number.POSITIVE_INFINITY }, 'output.a is Infinity'],
  ['an undefined member', { a: undefined }, 'output.a is of type undefined'],
  ['a date', { a: new Date(0) }, 'output.a is no plain object'],
  ['more than 8 KB', { a: 'x'.repeat(8 * 1024) }, 'bytes exceed 8192'],
])('%s is refused by name', (_, output, reason) => {
  expect(() => checkedStepOutput('train', output)).toThrow(expect.objectContaining({ code: 'STEP_OUTPUT_INVALID', message: expect.stringContaining(reason) }));
});

test('an output of 8 KB is passed on', () => {
  const output = { a: 'x'.repeat(8 * 1024 - '{"a":""}'.length) };
  expect(checkedStepOutput('train', output)).toBe(output);
});
