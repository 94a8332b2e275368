import { describe, expect, it } from 'vitest';
import { parseStrategy } from './parse.ts';
import { strategyTree, withValue } from './testing/strategy-tree.ts';

/** Everything that is said of the full strategy with this value at `path`. */
function problemsOf(path: readonly (string | number)[], value: unknown): readonly string[] {
  const parsed = parseStrategy(withValue(strategyTree(), path, value));
  return parsed.ok ? [] : parsed.problems.map((problem) => `${problem.path}: ${problem.message}`);
}

const FORMS = 'a date (2020-01-31) or a date and time (2020-01-31T12:00:00Z); without a zone it is UTC';

describe('what is said of a mistake is its cause, and what would mend it', () => {
  it.each<[unknown, string]>([
    [2015, `2015 is no date: write ${FORMS}`],
    ['2015', `the text "2015" is no date: write ${FORMS}`],
    [20_150_105, `20150105 is no date: write ${FORMS}`],
    [true, `true is no date: write ${FORMS}`],
    ['2013-02-30', 'there is no day 2013-02-30'],
    ['2013-13-01T00:00:00Z', 'there is no day 2013-13-01'],
    ['2013-02-28T25:00:00Z', `the text "2013-02-28T25:00:00Z" is no date: write ${FORMS}`],
  ])('of the date %j', (date, message) => {
    expect(problemsOf(['training_data', 'date_range', 'start'], date)).toEqual([`training_data.date_range.start: ${message}`]);
    expect(problemsOf(['training_data', 'start_date'], date)).toEqual([`training_data.start_date: ${message}`]);
  });

  it.each([
    ['ALL', 'must be `all` or a list of at least one timeframe, not the text "ALL": write it in small letters'],
    ['1h', 'must be `all` or a list of at least one timeframe: write ["1h"]'],
    ['1H', 'must be `all` or a list of at least one timeframe; unknown timeframe of this strategy `1H`: did you mean `1h`? Known: all, 1h, 1d'],
    [3, 'must be `all` or a list of at least one timeframe'],
  ])('of the timeframes %j', (timeframes, message) => {
    expect(problemsOf(['nn_inputs', 0, 'timeframes'], timeframes)).toEqual([`nn_inputs[0].timeframes: ${message}`]);
  });

  const FIELDS = expect.stringMatching(/ Known: source, zigzag_threshold, label_lookahead, pt_multiplier, .*horizon/);

  it.each<[unknown, unknown[]]>([
    [{ sorce: 'triple_barrier', pt_multiplier: 3 }, [expect.stringMatching(/^training\.labels\.sorce: unknown key `sorce`: did you mean `source`\?/)]],
    [{ Source: 'zigzag' }, [expect.stringMatching(/^training\.labels\.Source: unknown key `Source`: did you mean `source`\?/)]],
    [{ sources: 'zigzag' }, [FIELDS]],
    [{ pt_multiplier: 3, horizon: 5 }, ['training.labels.source: is required: `pt_multiplier` is a field of triple_barrier, `horizon` is a field of forward_return and context']],
    [{ source: null, profit_target_atr: 3 }, ['training.labels.source: is required: `profit_target_atr` is a field of triple_barrier']],
    [{ thresh: 3 }, ['training.labels.thresh: unknown key `thresh`: did you mean `zigzag_threshold`? Known: source, zigzag_threshold, label_lookahead']],
    [{ source: 'forward_return', pt: 1 }, expect.arrayContaining(['training.labels.pt: unknown key `pt`. Known: source, horizon']) as never],
  ])('of the labels %j', (labels, problems) => {
    expect(problemsOf(['training', 'labels'], labels)).toEqual(problems);
  });

  it('of labels whose source is null is, as where it is left out, which one is read', () => {
    const parsed = parseStrategy(withValue(strategyTree(), ['training', 'labels'], { source: null }));
    expect(parsed).toMatchObject({ ok: true, notices: ['training.labels: no source is named, so labels are zigzag (zigzag_threshold 0.02)'] });
  });

  it.each<[unknown, string]>([
    [{ type: 'rsi', data_sourc: 'x' }, 'data_sourc: unknown key `data_sourc`: did you mean `data_source`? Known: type, data_source, period, source'],
    [{ type: 'rsi', typ: 'rsi' }, 'typ: unknown key `typ`: did you mean `type`? Known: type, data_source, period, source'],
    [{ typ: 'rsi' }, 'type: is required: did you mean `type` by `typ`?'],
    [{ period: 14 }, 'type: is required'],
  ])('of the indicator %j', (indicator, message) => {
    expect(problemsOf(['indicators', 'rsi_14'], indicator)).toEqual([`indicators.rsi_14.${message}`]);
  });

  it.each<[unknown, string[]]>([
    [
      { type: 'triangular', params: [0, 1, 2] },
      ['.parameters: a triangular membership takes 3 numbers: [a, b, c]', '.params: unknown key `params`. Known: type, parameters'],
    ],
    [[0, '30', 50], ['[1]: must be a number, not the text "30": a number is written without quotes, and with a point before an exponent, 1.0e-3']],
    [[0, NaN, 50], ['[1]: must be a finite number, not NaN']],
    [[-Infinity, 30, 50], ['[0]: must be a finite number, not -Infinity']],
    [[0, null, 50], ['[1]: must be a number, not nothing']],
    [{ type: 'gaussian', parameters: [true, 3] }, ['.parameters[0]: must be a number, not true']],
    [{ type: 'gaussian', parameters: [1, 0] }, ['.parameters[1]: the width sigma of a gaussian membership must be above 0']],
  ])('of the membership %j', (membership, messages) => {
    expect(problemsOf(['fuzzy_sets', 'level', 'low'], membership)).toEqual(messages.map((message) => `fuzzy_sets.level.low${message}`));
  });

  it.each<[Record<string, unknown>, string]>([
    [{ validation_split: 0.3, data_split: null }, 'validation_split: leaves nothing to test on: of data_split, train (0.7 where it is left out) and validation (0.3) add up to 1'],
    [
      { validation_split: 0.3, data_split: { train: 0.6, test: 0.2 } },
      'validation_split: must add up to 1: of data_split, train (0.6), validation (0.3) and test (0.2) add up to 1.1',
    ],
    [{ data_split: { validation: 0.3 } }, 'data_split: leaves nothing to test on: train (0.7 where it is left out) and validation (0.3) add up to 1'],
    [{ data_split: { train: 0.9 } }, 'data_split: leaves nothing to test on: train (0.9) and validation (0.15 where it is left out) add up to 1.05'],
  ])('of the split %j', (split, message) => {
    const training = { ...(strategyTree()['training'] as object), ...split };
    expect(problemsOf(['training'], training)).toEqual([`training.${message}`]);
  });

  it.each([
    [1e20, 'must be at most 100000, not 100000000000000000000'],
    [-1e20, 'must be at least 1, not -100000000000000000000'],
    [Infinity, 'must be a finite number, not Infinity'],
  ])('of %f epochs is said once', (epochs, message) => {
    expect(problemsOf(['training', 'epochs'], epochs)).toEqual([`training.epochs: ${message}`]);
  });

  it('of broken syntax is quoted as it stands', () => {
    expect(parseStrategy('a: 1\nb: }\n')).toMatchObject({ ok: false, problems: [{ message: 'is not YAML at line 2, column 4: Unexpected flow-map-end token in YAML stream: "}"' }] });
  });
});
