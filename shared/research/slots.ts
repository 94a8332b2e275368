import { isSettled } from '../../memory-schema/operation.ts';
import type { Claim, OperationStore } from '../ports/index.ts';
import { SLOT_PREFIX } from './settle.ts';

/** A claim whose operation was never made is left alone for this long: its trigger may still be at work. */
export const MAKING_MS = 5 * 60_000;

export type SlotClaim =
  | { readonly claimed: true; readonly key: string }
  | { readonly claimed: false; readonly activeCount: number };

/**
 * Claims one of `capacity` slots for the operation. Claims are conditional puts, one per slot, so racing triggers cannot hold
 * more slots than there are. Slots that a settled operation, or one that was never made, still holds are freed on the way.
 * @throws StorageError where the store cannot tell
 */
export async function claimSlot(operations: OperationStore, capacity: number, operationId: string, now: Date): Promise<SlotClaim> {
  const held = (await operations.claims(SLOT_PREFIX)).map((claim) => Number(claim.key.slice(SLOT_PREFIX.length)));
  const heldFrom = (first: number) => held.filter((slot) => slot >= first).length;
  // Slots beyond the capacity are held where the capacity was larger before: they count until they are freed.
  let usable = capacity;
  while (usable > 0 && usable + heldFrom(usable) > capacity) usable--;
  const claim = (slot: number): Promise<Claim> =>
    operations.claim({ key: `${SLOT_PREFIX}${slot}`, operationId, bodyHash: null, claimedAt: now.toISOString(), expiresAt: null });

  const holders: Claim[] = [];
  for (let slot = 0; slot < usable; slot++) {
    const holder = await claim(slot);
    if (holder.operationId === operationId) return { claimed: true, key: holder.key };
    holders.push(holder);
  }
  for (const [slot, holder] of holders.entries()) {
    if (!(await isAbandoned(operations, holder, now))) continue;
    await operations.release(holder.key, holder.operationId);
    if ((await claim(slot)).operationId === operationId) return { claimed: true, key: holder.key };
  }
  return { claimed: false, activeCount: usable + heldFrom(usable) };
}

/** How many slots are held. Throws StorageError where the store cannot tell. */
export async function countSlots(operations: OperationStore): Promise<number> {
  return (await operations.claims(SLOT_PREFIX)).length;
}

/** Whether nothing will come of the claim any more: its operation is settled, or was never made. */
export async function isAbandoned(operations: OperationStore, claim: Claim, now: Date): Promise<boolean> {
  const operation = await operations.get(claim.operationId);
  if (operation !== null) return isSettled(operation.status);
  return now.getTime() - Date.parse(claim.claimedAt) > MAKING_MS;
}
