import { describe, expect, test } from 'vitest';
import { NotedWorkflows } from '../../test/support/api.ts';
import type { Operation, OperationStatus } from '../../memory-schema/operation.ts';
import { pendingOperation } from '../../test/support/operations.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import { runKeys } from '../memory/keys.ts';
import { MemoryObjectStore } from '../ports/testing/memory-object-store.ts';
import { MemoryOperationStore } from '../ports/testing/memory-operation-store.ts';
import { retryResearch } from './retry.ts';
import type { ResearchDeps } from './start.ts';

const FAILED = pendingOperation(1, { status: 'failed', completed_at: '2026-01-01T00:01:00.000Z' });
const ID = FAILED.operation_id;
const STRATEGY = JSON.stringify(smallStrategy({ name: 'mine' }));

async function after(fields: Partial<Operation> = {}, strategy: string | Uint8Array | null = STRATEGY) {
  const workflows = new NotedWorkflows();
  let drawn = 100;
  const ports = { objects: new MemoryObjectStore(), operations: new MemoryOperationStore(), now: () => new Date('2026-01-01T12:00:00.000Z') };
  const deps: ResearchDeps = { ports, workflows, capacity: 2, random: () => ++drawn, defaultStrategy: null };
  const parameters = { ...FAILED.metadata.parameters, brief: 'why', bypass_gates: true, seed: 9 };
  await ports.operations.create({ ...FAILED, metadata: { ...FAILED.metadata, parameters }, ...fields });
  if (strategy !== null) await ports.objects.put(runKeys(ID).strategy, strategy);
  return { deps, ports, workflows };
}

describe('a retry', () => {
  test.each<OperationStatus>(['failed', 'cancelled'])('of a research that is %s starts it again, as another one', async (status) => {
    const { deps, ports, workflows } = await after({ status });
    const result = await retryResearch(deps, ID, null);
    if (result.outcome !== 'started') throw new Error(result.outcome);
    const { operation_id, metadata } = result.operation;
    expect(operation_id).not.toBe(ID);
    expect(metadata.parameters).toEqual({ phase: 'pending', strategy_name: 'mine', brief: 'why', bypass_gates: true, seed: 9, retry_of: ID });
    expect(new TextDecoder().decode((await ports.objects.get(runKeys(operation_id).strategy)) ?? undefined)).toBe(STRATEGY);
    expect(workflows.started).toEqual([operation_id]);
    expect(await ports.operations.get(ID)).toMatchObject({ status });
  });

  test.each<OperationStatus>(['pending', 'running', 'recording', 'completed'])('of a research that is %s is refused', async (status) => {
    const { deps, workflows } = await after({ status });
    expect(await retryResearch(deps, ID, null)).toEqual({ outcome: 'not_retryable', status });
    expect(workflows.started).toEqual([]);
  });

  test('of no research is refused', async () => {
    const { deps } = await after();
    expect(await retryResearch(deps, pendingOperation(2).operation_id, null)).toEqual({ outcome: 'not_found' });
    expect(await retryResearch(deps, 'slot#0', null)).toEqual({ outcome: 'not_found' });
  });

  test('without the copy of its strategy, or with one that is damaged, is refused', async () => {
    expect(await retryResearch((await after({}, null)).deps, ID, null)).toEqual({ outcome: 'strategy_gone', key: runKeys(ID).strategy });
    expect(await retryResearch((await after({}, 'name: x')).deps, ID, null)).toMatchObject({ outcome: 'invalid_strategy' });
    expect(await retryResearch((await after({}, new Uint8Array([0xff]))).deps, ID, null)).toMatchObject({ outcome: 'invalid_strategy' });
  });

  test('that is repeated under its key is the same one; the key is for that research alone', async () => {
    const { deps, ports, workflows } = await after();
    const key = { caller: 'a', key: 'k' };
    const first = await retryResearch(deps, ID, key);
    if (first.outcome !== 'started') throw new Error(first.outcome);
    expect(await retryResearch(deps, ID, key)).toMatchObject({ outcome: 'repeated', operation: { operation_id: first.operation.operation_id } });
    const other = pendingOperation(5, { status: 'failed' });
    await ports.operations.create(other);
    await ports.objects.put(runKeys(other.operation_id).strategy, STRATEGY);
    expect(await retryResearch(deps, other.operation_id, key)).toEqual({ outcome: 'key_reused' });
    expect(workflows.started).toHaveLength(1);
  });
});
