import { describe, expect, test } from 'vitest';
import { NotedWorkflows } from '../../test/support/api.ts';
import { smallStrategy } from '../../test/support/strategies.ts';
import type { Operation } from '../../memory-schema/operation.ts';
import { operationIdAt, runKeys } from '../memory/keys.ts';
import { MemoryObjectStore } from '../ports/testing/memory-object-store.ts';
import { MemoryOperationStore } from '../ports/testing/memory-operation-store.ts';
import { parseStrategy } from '../strategy/parse.ts';
import { type ResearchDeps, type ResearchPlan, startResearch } from './start.ts';

const NOW = new Date('2026-01-01T12:00:00.000Z');
const ID = operationIdAt(NOW, 1);
const STRATEGY = runKeys(ID).strategy;

function planOf(source: object = smallStrategy()): ResearchPlan {
  const parsed = parseStrategy(source);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { strategy: parsed.strategy, strategyText: JSON.stringify(source), brief: null, bypassGates: false, seed: 1, retryOf: null };
}

/** Notes what is released. */
class NotingStore extends MemoryOperationStore {
  readonly released: string[] = [];
  override release(key: string, operationId: string): Promise<void> {
    this.released.push(key);
    return super.release(key, operationId);
  }
}

function ready(capacity = 1) {
  const [objects, operations, workflows] = [new MemoryObjectStore(), new NotingStore(), new NotedWorkflows()];
  const deps: ResearchDeps = { ports: { objects, operations, now: () => NOW }, workflows, capacity, random: () => 1, defaultStrategy: null };
  return { objects, operations, workflows, start: (plan = planOf()) => startResearch(deps, plan, { idempotency: { caller: 'a', key: 'k' }, request: 'r' }) };
}

describe('the start of a research', () => {
  test('makes an operation with everything that is known of it', async () => {
    const { start, operations } = ready();
    const dates = { date_range: { start: '2001-01-01', end: '2002-01-01' } };
    const plan = planOf(smallStrategy({ symbols: ['SPX', 'NDX'], training_data: dates }));
    expect(plan.strategy.trainingRange).not.toBeNull();
    await start({ ...plan, brief: 'b', bypassGates: true, seed: 7, retryOf: 'r' });
    expect(await operations.get(ID)).toMatchObject({
      operation_type: 'agent_research',
      status: 'pending',
      created_at: NOW.toISOString(),
      progress: { percentage: 0, current_step: 'waiting for the execution to start', steps_completed: 0, steps_total: 3 },
      metadata: {
        symbol: 'SPX,NDX',
        timeframe: '1d',
        mode: 'research',
        start_date: new Date(plan.strategy.trainingRange!.start!).toISOString(),
        end_date: new Date(plan.strategy.trainingRange!.end!).toISOString(),
        parameters: { phase: 'pending', strategy_name: 'small', brief: 'b', bypass_gates: true, seed: 7, retry_of: 'r' },
      },
    });
  });

  test('frees its key, and nothing else, where there is no slot', async () => {
    const { start, operations } = ready(0);
    expect(await start()).toEqual({ outcome: 'at_capacity', activeCount: 0, limit: 0 });
    expect(operations.released).toEqual([expect.stringMatching(/^idempotency#/)]);
    expect(await operations.claims('')).toEqual([]);
  });

  test('takes a copy of its strategy that is there already for its own, where it is the same', async () => {
    const { start, objects } = ready();
    await objects.put(STRATEGY, planOf().strategyText);
    expect(await start()).toMatchObject({ outcome: 'started', operation: { operation_id: ID } });
  });

  test('leaves everything to another operation that has its id', async () => {
    const first = ready();
    await first.objects.put(STRATEGY, 'the strategy of another');
    await expect(first.start()).rejects.toMatchObject({ code: 'OPERATION_ID_TAKEN', facts: { operation_id: ID } });
    expect(new TextDecoder().decode((await first.objects.get(STRATEGY)) ?? undefined)).toBe('the strategy of another');
    expect(first.operations.released).toEqual([expect.stringMatching(/^idempotency#/)]);

    const second = ready(2);
    await second.start();
    const { operations } = second;
    await expect(startResearch({ ...depsOf(second), ports: { objects: new MemoryObjectStore(), operations, now: () => NOW } }, planOf(), null)).rejects.toMatchObject({
      code: 'OPERATION_ID_TAKEN',
      facts: { operation_id: ID },
    });
    expect(await operations.get(ID)).toMatchObject({ status: 'pending' });
  });
});

function depsOf({ workflows }: ReturnType<typeof ready>): Omit<ResearchDeps, 'ports'> {
  return { workflows, capacity: 2, random: () => 1, defaultStrategy: null };
}

describe('a start that fails', () => {
  const refused = () => Promise.reject(new Error('refused'));

  test('is taken back also where its own settling was sent twice', async () => {
    const { start, workflows, operations } = ready();
    workflows.start = refused;
    const update = operations.update.bind(operations);
    operations.update = async (...change) => {
      await update(...change);
      return update(...change);
    };
    await expect(start()).rejects.toThrow('refused');
    expect(await operations.get(ID)).toMatchObject({ status: 'failed', error_cause: expect.stringContaining('refused'), completed_at: NOW.toISOString() });
    expect(await operations.claims('')).toEqual([]);
  });

  test.each<[string, (own: Partial<Operation>) => Partial<Operation>]>([
    ['for another reason', ({ completed_at }) => ({ status: 'failed', completed_at: completed_at!, error_cause: 'swept' })],
    ['at another time', ({ error_cause }) => ({ status: 'failed', completed_at: '2026-01-01T12:00:01.000Z', error_cause: error_cause! })],
    ['in no way: it runs', () => ({ status: 'running' })],
  ])('is no failure where somebody else has settled its operation %s', async (_, settled) => {
    const { start, workflows, operations } = ready();
    workflows.start = refused;
    const update = operations.update.bind(operations);
    operations.update = async (id, from, change) => {
      await update(id, ['pending'], settled(change));
      return update(id, from, change);
    };
    expect(await start()).toMatchObject({ outcome: 'started', operation: { operation_id: ID } });
    expect(await operations.claims('')).toHaveLength(2);
  });

  test('says so where it cannot be taken back, and why it failed', async () => {
    const { start, workflows, operations } = ready();
    workflows.start = refused;
    operations.update = () => Promise.reject(new Error('the table is down'));
    await expect(start()).rejects.toMatchObject({
      code: 'TRIGGER_NOT_UNDONE',
      facts: { operation_id: ID, reason: 'refused' },
      cause: { errors: [{ message: 'refused' }, { message: 'the table is down' }] },
    });
  });
});
