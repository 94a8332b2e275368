import { describe, expect, test } from 'vitest';
import { HYPOTHESES_KEY } from '../../../shared/memory/keys.ts';
import type { ObjectStore } from '../../../shared/ports/index.ts';
import { startApi } from '../../support/api.ts';
import { smallStrategy } from '../../support/strategies.ts';

/** The store, with a writer who changes an object each time that another has read it to change it. */
function contended(objects: ObjectStore): ObjectStore {
  let writes = 0;
  return {
    get: (key) => objects.get(key),
    put: (key, body, options) => objects.put(key, body, options),
    async getVersioned(key) {
      const read = await objects.getVersioned(key);
      await objects.put(key, `hypotheses: [] # ${++writes}\n`);
      return read;
    },
    replace: (key, version, body) => objects.replace(key, version, body),
    list: (prefix) => objects.list(prefix),
    delete: (key) => objects.delete(key),
  };
}

/** The store, as a client shows it that repeats every write since the answer to it was lost. */
function repeating(objects: ObjectStore): ObjectStore {
  return {
    get: (key) => objects.get(key),
    async put(key, body, options) {
      await objects.put(key, body, options);
      return objects.put(key, body, options);
    },
    getVersioned: (key) => objects.getVersioned(key),
    replace: (key, version, body) => objects.replace(key, version, body),
    list: (prefix) => objects.list(prefix),
    delete: (key) => objects.delete(key),
  };
}

test('a trigger whose copy of the strategy is there already, since the answer to its write was lost, starts the research', async () => {
  const api = await startApi({ wrap: (stores) => ({ objects: repeating(stores.objects) }) });
  const { status, body } = await api.call('POST', '/agent/trigger', { json: { strategy: smallStrategy() } });
  expect(status).toBe(202);
  expect(api.workflows.started).toEqual([body.operation_id]);
});

describe('hypotheses', () => {
  test('that others change during every attempt are left to them, and the caller is told to come again', async () => {
    const api = await startApi({ wrap: (stores) => ({ objects: contended(stores.objects) }) });
    const { status, body } = await api.call('POST', '/hypotheses', { json: { text: 'Wider stops help' } });
    expect([status, body.error.code]).toEqual([503, 'HYPOTHESES_CONTENDED']);
    expect(body.error.message).toContain('10 attempts');
    expect(Buffer.from((await api.objects.get(HYPOTHESES_KEY))!).toString()).toBe('hypotheses: [] # 10\n');
  });
});
