import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { FAILURES } from '../../../shared/errors/index.ts';
import { IMPORT_SCENARIOS } from './command-scenarios.ts';
import { CONTEXT_SCENARIOS } from './context-scenarios.ts';
import { COVERED_ELSEWHERE } from './covered-elsewhere.ts';
import { DATA_SCENARIOS } from './data-scenarios.ts';
import { DATASET_SCENARIOS } from './dataset-scenarios.ts';
import { RUN_SCENARIOS } from './run-scenarios.ts';

const PROJECT = new URL('../../../', import.meta.url);
const PLAYED = new Set([...DATA_SCENARIOS, ...CONTEXT_SCENARIOS, ...DATASET_SCENARIOS, ...RUN_SCENARIOS, ...IMPORT_SCENARIOS].map(({ code }) => code as string));

describe('the failure catalogue', () => {
  test('holds no code that no test makes happen, and no test is for a code that is not there', () => {
    const covered = new Set([...PLAYED, ...Object.keys(COVERED_ELSEWHERE)]);
    expect([...covered].toSorted()).toEqual(Object.keys(FAILURES).toSorted());
  });

  test.each(Object.entries(COVERED_ELSEWHERE))('%s: the test that it is left to is there, and is about it', async (code, { file, title }) => {
    expect(PLAYED, 'scenarios of its own').not.toContain(code);
    const source = await readFile(new URL(file, PROJECT), 'utf8');
    expect(source).toContain(`'${title}'`);
    expect(source).toContain(code);
  });
});
