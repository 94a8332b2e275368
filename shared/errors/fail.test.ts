import { describe, expect, test } from 'vitest';
import { BacktestDataError, MarketDataError, PipelineError, StorageError, TrainingDataError } from './pipeline-error.ts';
import { asStepError, fail, mayPass } from './fail.ts';

describe('the error of a failure', () => {
  test('is its type of PipelineError, and says code, facts and guidance', () => {
    const cause = new Error('EIO');
    const error = fail('OBJECT_READ_FAILED', { key: 'memory/x', reason: 'EIO' }, cause);
    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({ name: 'StorageError', code: 'OBJECT_READ_FAILED', facts: { key: 'memory/x', reason: 'EIO' }, what: 'The object memory/x could not be read: EIO.' });
    expect(error.message).toBe(`[OBJECT_READ_FAILED] ${error.what} ${error.guidance}`);
    expect(error.cause).toBe(cause);
  });

  test('has no cause where there was none', () => {
    expect(Object.hasOwn(fail('DATA_NO_ROWS', { file: 'a.csv' }), 'cause')).toBe(false);
  });

  test('of no narrower type is a PipelineError by name', () => {
    expect(fail('ENVIRONMENT_INVALID', { problems: ['STAGE: is missing'] }).name).toBe('PipelineError');
  });

  test('tells facts of 1,000 characters whole, and longer ones by their beginning and length, wherever they stand', () => {
    const most = 'x'.repeat(1_000);
    const cut = `${most}... (1001 characters)`;
    const long = `${most}y`;
    expect(fail('DATA_NO_ROWS', { file: most }).facts).toEqual({ file: most });
    expect(fail('DATA_NO_ROWS', { file: long }).what).toBe(`${cut} has no bars.`);
    const symbols = [{ symbol: long, from: null, to: null, rows: 7 }];
    expect(fail('TRAINING_SYMBOLS_DO_NOT_OVERLAP', { requested: 'all', symbols }).facts).toEqual({ requested: 'all', symbols: [{ ...symbols[0], symbol: cut }] });
    expect(fail('STEP_INPUT_INVALID', { step: 'train', reason: '\u001b[31mred' }).what).not.toContain('\u001b');
  });
});

describe('whether a failure may pass when it is repeated unchanged', () => {
  test.each([
    ['as it is', () => fail('OBJECT_READ_FAILED', { key: 'k', reason: 'r' }), true],
    ['of the request itself', () => fail('STRATEGY_INVALID', { strategy: 's', problems: [] }), false],
    ['of the deployment', () => fail('ENVIRONMENT_INVALID', { problems: [] }), false],
    ['of another version', () => new PipelineError({ code: 'NEXT_YEARS_CODE', what: 'w', guidance: 'g', facts: {} }), false],
  ])('%s', (_, error, expected) => {
    expect(mayPass(error())).toBe(expected);
  });
});

describe("a step's own data error", () => {
  const thrown = (error: Error) => () => {
    throw error;
  };

  test.each([
    ['train', TrainingDataError, 'TrainingDataError'],
    ['backtest', BacktestDataError, 'BacktestDataError'],
  ] as const)('in %s is a %s with the same code, words and facts', async (step, type, name) => {
    const missing = fail('DATA_NO_ROWS', { file: 'a.csv' });
    const error: unknown = await asStepError(step, thrown(missing)).catch((caught: unknown) => caught);
    expect(missing).toBeInstanceOf(MarketDataError);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ name, code: missing.code, what: missing.what, guidance: missing.guidance, facts: missing.facts, message: missing.message, cause: missing });
  });

  test('is none of another error, which passes unchanged', async () => {
    const others = [new TypeError('x'), fail('OBJECT_READ_FAILED', { key: 'k', reason: 'r' })];
    for (const other of others) await expect(asStepError('train', thrown(other))).rejects.toBe(other);
  });

  test('gives the outcome of work that succeeds', async () => {
    await expect(asStepError('train', () => 7)).resolves.toBe(7);
  });
});
