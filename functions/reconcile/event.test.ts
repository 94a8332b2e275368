import { expect, test } from 'vitest';
import { readEvent } from './event.ts';

const ID = 'op_agent_research_20260101_000000_00000001';

function statusChange(detail: object): object {
  return { source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change', detail: { name: ID, status: 'FAILED', ...detail } };
}

test.each<[string, object, object]>([
  ['with all it can have', { stopDate: 1_767_225_660_000, error: 'E', cause: 'C' }, { status: 'FAILED', error: 'E', cause: 'C', stoppedAt: new Date('2026-01-01T00:01:00Z') }],
  ['of another clock', { stopDate: '2026-01-01T01:01:00.5+01:00' }, { status: 'FAILED', error: null, cause: null, stoppedAt: new Date('2026-01-01T00:01:00.500Z') }],
  ['without an end', { status: 'RUNNING', stopDate: null }, { status: 'RUNNING', error: null, cause: null, stoppedAt: null }],
  ['with less', { status: 'ABORTED' }, { status: 'ABORTED', error: null, cause: null, stoppedAt: null }],
  ['that waits for its redrive', { status: 'PENDING_REDRIVE' }, { status: 'RUNNING', error: null, cause: null, stoppedAt: null }],
])('a status change %s is read as it is', (_, detail, execution) => {
  expect(readEvent(statusChange(detail))).toEqual({ kind: 'execution', operationId: ID, execution });
});

test('an execution of another name is a foreign one, and the schedule asks for a sweep', () => {
  expect(readEvent(statusChange({ name: 'by-hand' }))).toEqual({ kind: 'foreign', name: 'by-hand' });
  expect(readEvent({ 'detail-type': 'Scheduled Event' })).toEqual({ kind: 'sweep' });
});

test.each<[string, unknown]>([
  ['from another source', { ...statusChange({}), source: 'aws.s3' }],
  ['of another kind', { ...statusChange({}), 'detail-type': 'Object Created' }],
  ['of a status that is none', statusChange({ status: 'DREAMING' })],
  ['that ended at no time', statusChange({ stopDate: 'yesterday' })],
])('an event %s is refused', (_, event) => {
  expect(() => readEvent(event)).toThrow(
    expect.objectContaining({ code: 'STEP_INPUT_INVALID', facts: { step: 'reconcile', reason: expect.stringMatching(/\S/) }, cause: expect.any(Error) }),
  );
});
