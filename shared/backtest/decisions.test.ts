import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenDecisions, goldenJson, goldenOutputs, goldenRuns } from '../../test/fixtures/golden/backtest/golden-backtest.ts';
import type { DecisionSpec } from '../strategy/strategy.ts';
import { filterSignal, POSITION, readOutputs, SIGNAL, type Signal } from './decisions.ts';
import { syntheticBars } from './testing/synthetic-job.ts';

interface GoldenCase {
  readonly scenario: string;
  readonly f_rsi: number | null;
  readonly f_roc: number;
  readonly position: keyof typeof POSITION;
  readonly bar_time: string;
  readonly last_signal_time: string | null;
  readonly signal: keyof typeof SIGNAL;
  readonly confidence: number;
}

const cases = goldenJson('decision_cases.json') as readonly GoldenCase[];

const classification: DecisionSpec = {
  outputFormat: 'classification',
  confidenceThreshold: 0.5,
  allowShortFromFlat: true,
  positionAwareness: true,
  minSignalSeparationHours: 0,
};

function read(decisions: DecisionSpec, outputs: Float32Array) {
  const bars = syntheticBars(outputs.length / (decisions.outputFormat === 'classification' ? 3 : 1));
  return readOutputs({ bars, outputs, decisions, firstDecision: 0, end: bars.length });
}

describe('golden decisions', () => {
  test.each(Object.keys(goldenRuns))('%s: same signal and confidence for every finite input', (scenario) => {
    const run = goldenRuns[scenario]!;
    const decisions = goldenDecisions(run);
    const finite = cases.filter((one) => one.scenario === scenario && one.f_rsi !== null);
    expect(finite).toHaveLength(36);
    for (const one of finite) {
      const raw = read(decisions, goldenOutputs(run, [[one.f_rsi!, one.f_roc]]));
      const since = one.last_signal_time === null ? Infinity : Date.parse(one.bar_time) - Date.parse(one.last_signal_time);
      const signal = filterSignal(decisions, raw.signal[0] as Signal, raw.confidence[0]!, POSITION[one.position], since);
      expect({ ...one, signal }).toEqual({ ...one, signal: SIGNAL[one.signal] });
      expect(raw.confidence[0]).toBeCloseTo(one.confidence, 6);
    }
  });

  test('difference: an input that is not a number is an error, where KTRDR holds', () => {
    const notFinite = cases.filter((one) => one.f_rsi === null);
    expect(notFinite).toHaveLength(45);
    for (const one of notFinite) {
      const run = goldenRuns[one.scenario]!;
      expect(() => read(goldenDecisions(run), goldenOutputs(run, [[Number.NaN, one.f_roc]]))).toThrow(/^Output [012] for the \w+ bar of .* is NaN\.$/);
    }
  });
});

describe('reading outputs', () => {
  test('difference: logits that sum to 1 are logits all the same', () => {
    const raw = read(classification, Float32Array.of(0.8, 0.1, 0.1));
    expect(raw.confidence[0]).toBeCloseTo(Math.exp(0.8) / (Math.exp(0.8) + 2 * Math.exp(0.1)), 6);
  });

  test('confidence is the softmax of the winning logit, however large the logits', () => {
    const logit = fc.float({ min: Math.fround(-1e30), max: Math.fround(1e30), noNaN: true });
    fc.assert(
      fc.property(fc.tuple(logit, logit, logit), (logits) => {
        const raw = read(classification, Float32Array.from(logits));
        const winner = logits.indexOf(Math.max(...logits));
        const expected = 1 / logits.reduce((sum, value) => sum + Math.exp(value - logits[winner]!), 0);
        expect(raw.signal[0]).toBe([SIGNAL.BUY, SIGNAL.HOLD, SIGNAL.SELL][winner]);
        expect(raw.confidence[0]).toBeCloseTo(expected, 12);
      }),
    );
  });

  test('a regression threshold of zero leaves a prediction of zero without confidence', () => {
    const free: DecisionSpec = { outputFormat: 'regression', roundTripCost: 0, minEdgeMultiplier: 1.5, positionAwareness: true, minSignalSeparationHours: 0 };
    const raw = read(free, Float32Array.of(0, 1e-6, -1e-6));
    expect([...raw.signal]).toEqual([SIGNAL.HOLD, SIGNAL.BUY, SIGNAL.SELL]);
    expect([...raw.confidence]).toEqual([0, 1, 1]);
  });

  test('names symbol, bar time and output of a value that is not finite', () => {
    const outputs = new Float32Array(12).fill(0.5);
    outputs[7] = Number.POSITIVE_INFINITY;
    const bars = syntheticBars(4);
    const job = { bars, outputs, decisions: classification, firstDecision: 0, end: 4 };
    expect(() => readOutputs(job)).toThrow(`Output 1 for the ${bars.symbol} bar of 2024-01-01T02:00:00Z is Infinity.`);
  });

  test('does not read outputs before the first decision, nor after the end', () => {
    const outputs = new Float32Array(15).fill(0.5);
    outputs[0] = Number.NaN;
    outputs[14] = Number.NaN;
    const raw = readOutputs({ bars: syntheticBars(5), outputs, decisions: classification, firstDecision: 1, end: 4 });
    expect(raw.signal).toHaveLength(3);
  });

  test.each([1, 2, 4])('refuses a classification model with %i outputs', (width) => {
    const job = { bars: syntheticBars(5), outputs: new Float32Array(5 * width), decisions: classification, firstDecision: 0, end: 5 };
    expect(() => readOutputs(job)).toThrow(`${5 * width} output values for 5 bars`);
  });
});

describe('filters', () => {
  const HOUR_MS = 3_600_000;

  test('a signal is executed again once the separation has passed to the millisecond', () => {
    const spec = { ...classification, minSignalSeparationHours: 4 };
    expect(filterSignal(spec, SIGNAL.BUY, 1, POSITION.FLAT, 4 * HOUR_MS - 1)).toBe(SIGNAL.HOLD);
    expect(filterSignal(spec, SIGNAL.BUY, 1, POSITION.FLAT, 4 * HOUR_MS)).toBe(SIGNAL.BUY);
  });

  test('without position awareness the side held and shorts from flat are not filtered, confidence and separation are', () => {
    const spec: DecisionSpec = { ...classification, positionAwareness: false, allowShortFromFlat: false, minSignalSeparationHours: 1 };
    expect(filterSignal(spec, SIGNAL.BUY, 0.6, POSITION.LONG, Infinity)).toBe(SIGNAL.BUY);
    expect(filterSignal(spec, SIGNAL.SELL, 0.6, POSITION.FLAT, Infinity)).toBe(SIGNAL.SELL);
    expect(filterSignal(spec, SIGNAL.SELL, 0.4, POSITION.FLAT, Infinity)).toBe(SIGNAL.HOLD);
    expect(filterSignal(spec, SIGNAL.SELL, 0.6, POSITION.FLAT, 0)).toBe(SIGNAL.HOLD);
  });

  test('regression opens shorts from flat', () => {
    const spec: DecisionSpec = { outputFormat: 'regression', roundTripCost: 0.001, minEdgeMultiplier: 1, positionAwareness: true, minSignalSeparationHours: 0 };
    expect(filterSignal(spec, SIGNAL.SELL, 0.1, POSITION.FLAT, Infinity)).toBe(SIGNAL.SELL);
  });
});
