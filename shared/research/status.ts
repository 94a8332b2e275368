import { SETTLED_STATUSES, UNSETTLED_STATUSES, type Operation } from '../../memory-schema/operation.ts';
import type { Ports } from '../ports/index.ts';
import { listByStatus } from './list.ts';
import { countSlots } from './slots.ts';

/** How the platform stands, as `GET /agent/status` tells it. */
export interface AgentStatus {
  /** The newest research, ended or not; null where there has been none. */
  readonly newest: Operation | null;
  /** Researches that have not ended, newest first. */
  readonly active: readonly Operation[];
  /** The newest research that has ended. */
  readonly lastCycle: Operation | null;
  readonly capacity: { readonly active: number; readonly limit: number };
}

/** Reads how the platform stands. Throws StorageError where the store cannot tell. */
export async function agentStatus(ports: Ports, capacity: number): Promise<AgentStatus> {
  const { operations } = ports;
  const [[newest = null], slots, active, ended] = await Promise.all([
    operations.list({ limit: 1 }),
    countSlots(operations),
    // Slots bound the researches at work, but for those that a smaller capacity left over.
    listByStatus(operations, UNSETTLED_STATUSES, { limit: Math.max(100, capacity) }),
    listByStatus(operations, SETTLED_STATUSES, { limit: 1 }),
  ]);
  return { newest, active, lastCycle: ended[0] ?? null, capacity: { active: slots, limit: capacity } };
}
