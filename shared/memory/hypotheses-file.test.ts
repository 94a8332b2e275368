import { describe, expect, test } from 'vitest';
import type { Hypothesis } from '../../memory-schema/hypothesis.ts';
import { MemoryObjectStore } from '../ports/testing/memory-object-store.ts';
import { changeHypotheses, readHypotheses } from './hypotheses-file.ts';
import { HYPOTHESES_KEY } from './keys.ts';

const hypothesis = (id: string): Hypothesis => ({
  id,
  text: `about ${id}`,
  source_experiment: null,
  rationale: null,
  status: 'untested',
  tested_by: [],
  created: '2026-01-02T03:04:05.000Z',
});

const adding = (id: string) => (current: readonly Hypothesis[]) => ({ hypotheses: [...current, hypothesis(id)], result: current.length });
const idsIn = async (objects: MemoryObjectStore) => (await readHypotheses(objects)).map(({ id }) => id);

/** A store in which something happens before a replacement, or to its answer. */
class DisturbedStore extends MemoryObjectStore {
  disturb: (replace: () => Promise<'written' | 'changed'>) => Promise<'written' | 'changed'> = (replace) => replace();

  override replace(key: string, version: string, body: Uint8Array | string): Promise<'written' | 'changed'> {
    return this.disturb(() => super.replace(key, version, body));
  }
}

describe('a change of the hypotheses', () => {
  test('is made anew where others have changed them meanwhile, so that none is lost', async () => {
    const objects = new DisturbedStore();
    await changeHypotheses(objects, adding('H_001'));
    let others = 2;
    objects.disturb = async (replace) => {
      if (others > 0) {
        others -= 1;
        const quiet = objects.disturb;
        objects.disturb = (inner) => inner();
        await changeHypotheses(objects, adding(`H_01${others}`));
        objects.disturb = quiet;
      }
      return replace();
    };
    expect(await changeHypotheses(objects, adding('H_002'))).toBe(3);
    expect(await idsIn(objects)).toEqual(['H_001', 'H_011', 'H_010', 'H_002']);
  });

  test('whose answer was lost is not made twice', async () => {
    const objects = new DisturbedStore();
    await changeHypotheses(objects, adding('H_001'));
    objects.disturb = async (replace) => {
      await replace();
      return 'changed';
    };
    expect(await changeHypotheses(objects, adding('H_002'))).toBe(1);
    expect(await idsIn(objects)).toEqual(['H_001', 'H_002']);
  });

  test('that others always precede fails in the end, and writes nothing', async () => {
    const objects = new DisturbedStore();
    await changeHypotheses(objects, adding('H_001'));
    objects.disturb = () => Promise.resolve('changed');
    await expect(changeHypotheses(objects, adding('H_002'))).rejects.toMatchObject({ name: 'StorageError', code: 'HYPOTHESES_CONTENDED', facts: { attempts: 10 } });
    expect(await idsIn(objects)).toEqual(['H_001']);
  });

  test('of nothing writes nothing', async () => {
    const objects = new MemoryObjectStore();
    expect(await changeHypotheses(objects, () => ({ hypotheses: null, result: 'nothing to do' }))).toBe('nothing to do');
    expect(await objects.get(HYPOTHESES_KEY)).toBeNull();
  });
});
