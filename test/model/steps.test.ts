import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stepHandlers } from '../../functions/handlers.ts';
import { FolderObjectStore } from '../../local/folder-object-store.ts';
import { runKeys } from '../../shared/memory/keys.ts';
import type { ObjectStore, OperationStore, Ports } from '../../shared/ports/index.ts';
import { MemoryOperationStore } from '../../shared/ports/testing/memory-operation-store.ts';
import type { StepContext } from '../../shared/research/step.ts';
import { pendingOperation } from '../support/operations.ts';
import { writeSp500 } from '../support/research-bench.ts';
import { smallStrategy } from '../support/strategies.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { STEPS } from './steps.ts';

const OPERATION = pendingOperation(1);
const ID = OPERATION.operation_id;
const { parameters } = OPERATION.metadata;
const CONTEXT: StepContext = { signal: new AbortController().signal, progressIntervalMs: 0, remainingMs: () => 900_000 };

/** Everything that the steps said to the stores: what they called, about what, and what they changed. */
async function conversation(handlers: (ports: Ports) => ReturnType<typeof stepHandlers>) {
  const folder = await temporaryFolder();
  const mounts = { memory: join(folder, 'memory'), marketData: join(folder, 'data') };
  await mkdir(mounts.marketData);
  await writeSp500(mounts.marketData);
  const stores = { objects: new FolderObjectStore(mounts), operations: new MemoryOperationStore() };
  await stores.objects.put(runKeys(ID).strategy, JSON.stringify(smallStrategy()));
  await stores.operations.create({ ...OPERATION, metadata: { ...OPERATION.metadata, parameters: { ...parameters, brief: 'passes', bypass_gates: true } } });

  const said: string[] = [];
  const ports: Ports = {
    objects: heard(stores.objects, (method, key) => {
      // Which data a strategy needs is no matter of the rule.
      if (!String(key).startsWith('market-data/')) said.push(`${method} ${String(key).replace(ID, '<id>')}`);
    }),
    operations: heard(stores.operations, (method, _id, from, change) => {
      const { status, phase, progress: _progress, ...others } = (change ?? {}) as { status?: string; phase?: string; progress?: object };
      const line = `${method} ${JSON.stringify(from ?? null)} ${status} ${phase} ${Object.keys(others).join(',')}`;
      // However many reports there are, they are the same to the rule.
      if (line !== said.at(-1)) said.push(line);
    }),
    now: () => new Date('2026-01-01T00:00:10.000Z'),
  };
  const { train, backtest } = handlers(ports);
  await train({ operation_id: ID }, CONTEXT);
  await backtest({ operation_id: ID }, CONTEXT);
  return said;
}

function heard<T extends ObjectStore | OperationStore>(store: T, hear: (method: string, ...args: readonly unknown[]) => void): T {
  return new Proxy(store, {
    get: (target, name) => (...args: readonly unknown[]) => {
      hear(String(name), ...args);
      return (Reflect.get(target, name) as (...args: readonly unknown[]) => unknown).apply(target, [...args]);
    },
  });
}

describe('the stand-ins for train and backtest', () => {
  test('say to the stores what the real steps say, in the same order', async () => {
    const real = await conversation(stepHandlers);
    expect(real.length).toBeGreaterThan(15);
    expect(await conversation((ports) => ({ train: STEPS.train(ports), backtest: STEPS.backtest(ports), record: STEPS.record(ports) }))).toEqual(real);
  });
});
