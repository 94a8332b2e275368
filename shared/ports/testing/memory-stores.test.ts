import { describe } from 'vitest';
import { MemoryObjectStore } from './memory-object-store.ts';
import { MemoryOperationStore } from './memory-operation-store.ts';
import { describeObjectStoreContract } from './object-store-contract.ts';
import { describeOperationStoreContract } from './operation-store-contract.ts';

// What is shown on stores in memory holds for the real ones as far as both obey the same contract.
describe('stores in memory', () => {
  describeObjectStoreContract(async () => new MemoryObjectStore());
  describeOperationStoreContract(async () => new MemoryOperationStore());
});
