import { SIGNAL_CLASSES } from '../labels/labeler.ts';
import { isoTime } from '../market-data/times.ts';
import type { DecisionSpec } from '../strategy/strategy.ts';
import type { BacktestJob } from './backtest.ts';

/** What a decision asks for. */
export const SIGNAL = { BUY: 1, HOLD: 0, SELL: -1 } as const;
export type Signal = (typeof SIGNAL)[keyof typeof SIGNAL];

/** What the account holds. The same sign as the signal that leads there. */
export const POSITION = { LONG: 1, FLAT: 0, SHORT: -1 } as const;
export type Position = (typeof POSITION)[keyof typeof POSITION];

const HOUR_MS = 3_600_000;
const SIGNAL_BY_CLASS: Readonly<Record<(typeof SIGNAL_CLASSES)[number], Signal>> = SIGNAL;

/** The model's own view per bar, before any filter; entry k belongs to bar `firstDecision + k`. */
export interface RawSignals {
  readonly signal: Int8Array;
  /** Classification: probability of the winning class. Regression: |prediction| / (3 x threshold), at most 1. */
  readonly confidence: Float64Array;
}

/**
 * Reads the model's outputs of the bars [firstDecision, end) as signals.
 *
 * Classification: softmax over the logits in the order of SIGNAL_CLASSES, the first of equal ones wins.
 * Regression: a predicted return beyond +-(roundTripCost x minEdgeMultiplier) is a signal.
 * @throws RangeError where outputs are not as many as decisions need, or one is not finite: a model checks its own outputs
 */
export function readOutputs(job: Pick<BacktestJob, 'bars' | 'outputs' | 'firstDecision' | 'end' | 'decisions'>): RawSignals {
  const { bars, outputs, decisions, firstDecision, end } = job;
  const width = decisions.outputFormat === 'classification' ? SIGNAL_CLASSES.length : 1;
  if (outputs.length !== bars.length * width) {
    throw new RangeError(`${outputs.length} output values for ${bars.length} bars of ${bars.symbol}, where decisions need ${width} per bar.`);
  }
  for (let at = firstDecision * width; at < end * width; at++) {
    const value = outputs[at]!;
    if (!Number.isFinite(value)) {
      const time = isoTime(bars.time[Math.floor(at / width)]!);
      throw new RangeError(`Output ${at % width} for the ${bars.symbol} bar of ${time} is ${value}.`);
    }
  }
  const rows = outputs.subarray(firstDecision * width, end * width);
  if (decisions.outputFormat === 'classification') return readLogits(rows, end - firstDecision);
  return readPredictions(rows, decisions.roundTripCost * decisions.minEdgeMultiplier);
}

function readLogits(logits: Float32Array, count: number): RawSignals {
  const width = SIGNAL_CLASSES.length;
  const signal = new Int8Array(count);
  const confidence = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    let winner = 0;
    for (let j = 1; j < width; j++) if (logits[k * width + j]! > logits[k * width + winner]!) winner = j;
    const top = logits[k * width + winner]!;
    let sum = 0;
    for (let j = 0; j < width; j++) sum += Math.exp(logits[k * width + j]! - top);
    signal[k] = SIGNAL_BY_CLASS[SIGNAL_CLASSES[winner]!];
    confidence[k] = 1 / sum;
  }
  return { signal, confidence };
}

function readPredictions(predictions: Float32Array, threshold: number): RawSignals {
  const signal = new Int8Array(predictions.length);
  const confidence = new Float64Array(predictions.length);
  for (let k = 0; k < predictions.length; k++) {
    const predicted = predictions[k]!;
    if (predicted > threshold) signal[k] = SIGNAL.BUY;
    else if (predicted < -threshold) signal[k] = SIGNAL.SELL;
    confidence[k] = predicted === 0 ? 0 : Math.min(Math.abs(predicted) / (3 * threshold), 1);
  }
  return { signal, confidence };
}

/**
 * The decision at one bar's close: the model's signal after the strategy's filters, in this order: confidence,
 * separation from the last executed signal, side already held, short from flat.
 * @param sinceSignalMs time since the bar at which a signal was last executed, milliseconds; Infinity before the first
 */
export function filterSignal(spec: DecisionSpec, signal: Signal, confidence: number, position: Position, sinceSignalMs: number): Signal {
  if (spec.outputFormat === 'classification' && confidence < spec.confidenceThreshold) return SIGNAL.HOLD;
  if (sinceSignalMs < spec.minSignalSeparationHours * HOUR_MS) return SIGNAL.HOLD;
  if (!spec.positionAwareness) return signal;
  if (signal === position) return SIGNAL.HOLD;
  if (spec.outputFormat === 'classification' && !spec.allowShortFromFlat && signal === SIGNAL.SELL && position === POSITION.FLAT) {
    return SIGNAL.HOLD;
  }
  return signal;
}
