import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { smallStrategy } from '../../test/support/strategies.ts';
import { strategyKey } from '../memory/keys.ts';
import { MemoryObjectStore } from '../ports/testing/memory-object-store.ts';
import { findStrategy, readStored, readStrategy, strategyNameOf } from './strategy-source.ts';

const YAML = stringify(smallStrategy({ name: 'mine' }));

async function stored(): Promise<MemoryObjectStore> {
  const objects = new MemoryObjectStore();
  await objects.put(strategyKey('mine'), YAML);
  await objects.put('memory/strategies/notes.txt', 'no strategy');
  return objects;
}

describe('a strategy is found', () => {
  test('by the name of a stored one, with its text', async () => {
    expect(await findStrategy(await stored(), 'mine')).toMatchObject({ outcome: 'found', strategy: { name: 'mine' }, text: YAML });
  });

  test('in YAML text, also of one line, and in a JSON object', async () => {
    const objects = await stored();
    const json = JSON.stringify(smallStrategy({ name: 'other' }));
    for (const source of [stringify(smallStrategy({ name: 'other' })), json, smallStrategy({ name: 'other' })]) {
      expect(await findStrategy(objects, source)).toMatchObject({ outcome: 'found', strategy: { name: 'other' } });
    }
  });

  test('where text has a colon alone, as YAML that is wrong', async () => {
    expect(await findStrategy(await stored(), 'name: x')).toMatchObject({ outcome: 'invalid_strategy' });
    expect(await findStrategy(await stored(), 'a\nb')).toMatchObject({ outcome: 'invalid_strategy' });
    expect(await findStrategy(await stored(), '{a')).toMatchObject({ outcome: 'invalid_strategy' });
  });
});

describe('a strategy is refused', () => {
  test('by a name that nothing is stored under, with the nearest one', async () => {
    expect(await findStrategy(await stored(), 'mime')).toMatchObject({ outcome: 'unknown_strategy', message: expect.stringMatching(/mime.*mine/) });
    expect(await findStrategy(await stored(), 'notes')).toMatchObject({ outcome: 'unknown_strategy' });
  });

  test('by a name that is none, without a look at the store', async () => {
    expect(await findStrategy(await stored(), '../mine')).toMatchObject({ outcome: 'unknown_strategy' });
  });

  test('where its file is not UTF-8', () => {
    expect(readStored(new Uint8Array([0x66, 0xff]))).toEqual({ outcome: 'invalid_strategy', problems: [{ path: '', message: 'is not UTF-8 text' }] });
  });

  test('where its file has a mark at its beginning that its text must keep', () => {
    const found = readStored(new TextEncoder().encode(`\ufeff${YAML}`));
    expect(found).toMatchObject({ outcome: 'found', text: `\ufeff${YAML}` });
  });

  test('where JSON has keys that are whole numbers, each by its place', () => {
    const refusal = readStrategy({ ...smallStrategy(), indicators: { rsi_14: { 0: 1, 17: {}, '01': 2, '1.5': 3 } }, nn_inputs: [{ 3: 'x' }] });
    const message = 'is a key that JSON does not keep in its place: send the strategy as YAML text';
    expect(refusal).toEqual({
      outcome: 'invalid_strategy',
      problems: ['indicators.rsi_14.0', 'indicators.rsi_14.17', 'nn_inputs[0].3'].map((path) => ({ path, message })),
    });
  });

  test('where such a key has such keys below it, from the outside in', () => {
    expect(readStrategy({ 1: { 2: null } })).toMatchObject({ problems: [{ path: '1' }, { path: '1.2' }] });
  });

  test('where it is nested endlessly, without an end of the stack', () => {
    let nested: object = { 1: null };
    for (let i = 0; i < 60; i++) nested = { a: nested };
    const refusal = readStrategy(nested);
    expect(refusal).toMatchObject({ outcome: 'invalid_strategy' });
    expect(JSON.stringify(refusal)).not.toContain('a key that JSON');
  });

  test('where it is wrong, with its problems', () => {
    expect(readStrategy('name: x')).toMatchObject({ outcome: 'invalid_strategy', problems: expect.arrayContaining([expect.objectContaining({ path: expect.any(String) })]) });
    expect(readStrategy(YAML)).toMatchObject({ outcome: 'found' });
  });
});

test.each([
  ['memory/strategies/mine.yaml', 'mine'],
  ['memory/strategies/mine.yaml.bak', null],
  ['memory/strategies/mine.txt', null],
  ['memory/strategies/.yaml', null],
  ['memory/strategies/not a name.yaml', null],
  ['memory/experiments/mine.yaml', null],
])('%s is the file of the strategy %s', (key, name) => {
  expect(strategyNameOf(key)).toBe(name);
});
