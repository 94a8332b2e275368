import { type UpdateItemCommandInput, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { DynamoOperationStore } from '../../functions/adapters/dynamo-operation-store.ts';
import { LOCAL_TABLE, startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { OPERATION_STATUSES } from '../../memory-schema/operation.ts';
import { MemoryOperationStore } from '../../shared/ports/testing/memory-operation-store.ts';
import { pendingOperation } from '../support/operations.ts';
import { interpret, researchCycle, type State, TaskError } from './state-machine.ts';
import { updateItem } from './update-item.ts';

/** What the state machine sends to the table when it completes an operation, and when it records a failure. */
async function sentFor(operationId: string, recordFails: boolean): Promise<UpdateItemCommandInput> {
  const sent: UpdateItemCommandInput[] = [];
  const answers: Readonly<Record<string, object>> = {
    train: { gate: { passed: true, reason: '' }, signals: false },
    record: { experiment_id: 'e' },
  };
  await interpret(researchCycle(), { operation_id: operationId }, {
    task: async (name, _state: State, input) => {
      if (name === 'Complete' || name === 'RecordFailure') sent.push(input as UpdateItemCommandInput);
      if (name === 'Record' && recordFails) throw new TaskError('StorageError', '[ARTEFACT_MISSING] It is gone.');
      return { Payload: answers[name.toLowerCase()] };
    },
    retry: () => Promise.resolve(),
  });
  expect(sent).toHaveLength(1);
  return { ...sent[0]!, TableName: LOCAL_TABLE };
}

function outcomeInMemory(memory: MemoryOperationStore, input: UpdateItemCommandInput): string {
  try {
    updateItem(memory, input);
    return 'written';
  } catch (error) {
    return (error as Error).name;
  }
}

test.each([['Complete', false], ['RecordFailure', true]] as const)('%s does the same to operations in memory and in the embedded DynamoDB, whatever their status', async (_, recordFails) => {
  const dynamoDb = await startEmbeddedDynamoDb();
  onTestFinished(() => dynamoDb.close());
  const real = new DynamoOperationStore(dynamoDb.client, LOCAL_TABLE);
  const memory = new MemoryOperationStore();
  const refusals: string[] = [];
  for (const [i, status] of OPERATION_STATUSES.entries()) {
    const operation = pendingOperation(i, { status });
    await real.create(operation);
    await memory.create(operation);
    const input = await sentFor(operation.operation_id, recordFails);
    const outcome = await dynamoDb.client.send(new UpdateItemCommand(input)).then(
      () => 'written',
      (error: unknown) => `DynamoDB.${(error as Error).name}`,
    );
    expect(outcomeInMemory(memory, input)).toBe(outcome);
    if (outcome !== 'written') refusals.push(status);
    expect(await memory.get(operation.operation_id)).toEqual(await real.get(operation.operation_id));
  }
  expect(refusals).toEqual(recordFails ? ['completed', 'failed', 'cancelled'] : ['pending', 'running', 'failed', 'cancelled']);
});
