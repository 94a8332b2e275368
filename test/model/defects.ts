import { OPERATION_STATUSES } from '../../memory-schema/operation.ts';
import { experimentIdOf, experimentKey, EXPERIMENTS_PREFIX } from '../../shared/memory/keys.ts';
import type { OperationStore } from '../../shared/ports/index.ts';
import { SLOT_PREFIX } from '../../shared/research/settle.ts';
import type { Definition, State } from './state-machine.ts';
import { STEPS } from './steps.ts';
import type { Kind, Sabotage } from './world.ts';

/** A defect, and the kind of world whose runs must show it. */
export interface Defect extends Sabotage {
  readonly kind: Kind;
}

const OTHER = 'op_agent_research_20250101_000000_00000000';

type Update = OperationStore['update'];

function withUpdate(update: (store: OperationStore) => Update): Sabotage['operations'] {
  return (store) => ({ ...store, update: update(store) });
}

function withoutCondition(state: string): Sabotage['definition'] {
  return (definition: Definition): Definition => {
    const { ConditionExpression: _condition, ...Parameters } = definition.States[state]!.Parameters as Record<string, never>;
    return { ...definition, States: { ...definition.States, [state]: { ...(definition.States[state] as State), Parameters } } };
  };
}

/** A caller's own reading of the table's listings. */
function blind(by: string, change: (store: OperationStore) => Partial<OperationStore>): Sabotage['operations'] {
  return (store, actor) => (actor === by ? { ...store, ...change(store) } : store);
}

/** Each takes away one guard on which the rule rests. */
export const DEFECTS: Readonly<Record<string, Defect>> = {
  'failures are settled whatever the operation has become': {
    kind: 'cloud',
    operations: withUpdate((store) => (id, from, change) => store.update(id, change.status === 'failed' ? OPERATION_STATUSES : from, change)),
  },
  'an interrupted operation is settled whatever it has become': {
    kind: 'local',
    operations: withUpdate((store) => (id, from, change) => store.update(id, change.status === 'failed' ? OPERATION_STATUSES : from, change)),
  },
  'an operation can be cancelled while it is recorded': {
    kind: 'cloud',
    operations: withUpdate((store) => (id, from, change) => store.update(id, change.status === 'cancelled' ? [...from, 'recording'] : from, change)),
  },
  'a finished operation can be cancelled': {
    kind: 'local',
    operations: withUpdate((store) => (id, from, change) => store.update(id, change.status === 'cancelled' ? OPERATION_STATUSES : from, change)),
  },
  'recording begins whatever the operation has become': {
    kind: 'cloud',
    operations: withUpdate((store) => (id, from, change) => store.update(id, change.status === 'recording' ? OPERATION_STATUSES : from, change)),
  },
  'training begins whatever the operation has become': {
    kind: 'cloud',
    operations: withUpdate((store) => (id, from, change) => store.update(id, change.status === 'running' ? OPERATION_STATUSES : from, change)),
  },
  'the experiment is written before the operation is recording': {
    kind: 'cloud',
    steps: {
      record: (ports) => async (event, context) => {
        const { operation_id: id } = event as { readonly operation_id: string };
        await ports.objects.put(experimentKey(experimentIdOf(id)), 'early');
        return STEPS.record(ports)(event, context);
      },
    },
  },
  'the experiment is never written': {
    kind: 'local',
    objects: (store) => ({ ...store, put: async (key, ...rest) => (key.startsWith(EXPERIMENTS_PREFIX) ? 'written' : store.put(key, ...rest)) }),
  },
  'a write that finds an object in its place passes for written, and leaves half of it': {
    kind: 'cloud',
    objects: (store) => ({
      ...store,
      async put(key, body, options) {
        const outcome = await store.put(key, body, options);
        if (outcome === 'written' || !key.startsWith(EXPERIMENTS_PREFIX)) return outcome;
        return store.put(key, body.slice(0, body.length / 2));
      },
    }),
  },
  'the operation completes whatever it has become': { kind: 'cloud', definition: withoutCondition('Complete') },
  'a failure is recorded whatever the operation has become': { kind: 'cloud', definition: withoutCondition('RecordFailure') },
  'settlers leave the experiment where it is': { kind: 'cloud', objects: (store) => ({ ...store, delete: async () => {} }) },
  'an interrupted record leaves its experiment where it is': { kind: 'local', objects: (store) => ({ ...store, delete: async () => {} }) },
  'settlers remove the experiment before they settle': {
    kind: 'cloud',
    operations: (store, _, objects) => ({
      ...store,
      async update(id, from, change) {
        if (change.status === 'failed') await objects.delete(experimentKey(experimentIdOf(id)));
        return store.update(id, from, change);
      },
    }),
  },
  'the sweep overlooks what is recording': {
    kind: 'cloud',
    operations: blind('reconcile', (store) => ({ list: async (query) => (query.status === 'recording' ? [] : store.list(query)) })),
  },
  'the sweep overlooks what is pending': {
    kind: 'cloud',
    operations: blind('reconcile', (store) => ({ list: async (query) => (query.status === 'pending' ? [] : store.list(query)) })),
  },
  'the sweep overlooks failures': {
    kind: 'cloud',
    operations: blind('reconcile', (store) => ({ list: async (query) => (query.status === 'failed' ? [] : store.list(query)) })),
  },
  'the sweep overlooks slots': {
    kind: 'cloud',
    operations: blind('reconcile', (store) => ({ claims: async (prefix) => (prefix === SLOT_PREFIX ? [] : store.claims(prefix)) })),
  },
  'a start of the server overlooks what was running': {
    kind: 'local',
    operations: blind('server', (store) => ({ list: async (query) => (query.status === 'running' ? [] : store.list(query)) })),
  },
  'a start of the server overlooks slots': {
    kind: 'local',
    operations: blind('server', () => ({ claims: async () => [] })),
  },
  'an idempotency key is given to whoever asks': {
    kind: 'cloud',
    operations: (store) => ({
      ...store,
      async claim(claim) {
        const holder = await store.claim(claim);
        if (holder.operationId === claim.operationId || claim.key.startsWith(SLOT_PREFIX)) return holder;
        await store.release(holder.key, holder.operationId);
        return store.claim(claim);
      },
    }),
  },
  'an idempotency key is forgotten when its operation has begun': {
    kind: 'local',
    operations: (store) => ({
      ...store,
      async update(id, from, change) {
        if (change.execution_arn !== undefined) for (const { key, operationId } of await store.claims('idempotency#')) if (operationId === id) await store.release(key, id);
        return store.update(id, from, change);
      },
    }),
  },
  'the reason of a failure is lost': {
    kind: 'local',
    operations: withUpdate((store) => (id, from, change) => store.update(id, from, change.status === 'failed' ? { ...change, error_cause: ' ', error_type: null } : change)),
  },
  'failures are announced to nobody': {
    kind: 'cloud',
    operations: blind('reconcile', (store) => ({ get: async (id) => hushed(await store.get(id)) })),
  },
  'the experiment is that of another run': {
    kind: 'local',
    objects: (store) => ({
      ...store,
      put: (key, body, options) => store.put(key, key.startsWith('memory/experiments/') ? String(body).replaceAll(/op_agent_research_\w+/g, OTHER) : body, options),
    }),
  },
};

function hushed<T extends { readonly status: string } | null>(operation: T): T {
  return operation?.status === 'failed' ? { ...operation, announced_at: '2026-01-01T00:00:00.000Z' } : operation;
}
