import type { Experiment, GateVerdictRecord } from '../memory-schema/experiment.ts';
import { assess } from '../shared/evaluation/assess.ts';
import { ASSESSMENT_RULES } from '../shared/evaluation/assessment-rules.ts';
import { bestConstantAnswer } from '../shared/evaluation/constant-answer.ts';
import { dayOf, lastDay } from './days.ts';
import { labelled, type Paint, percent, seconds } from './text.ts';

export interface ReportContext {
  /** File of the experiment, or its id where the file is elsewhere. */
  readonly writtenTo: string;
  /** Of the operation, seconds; null where it is not known. */
  readonly durationSeconds: number | null;
  /**
   * Whether strengths and weaknesses are listed beside the verdict.
   * @default false
   */
  readonly inFull?: boolean;
  readonly width: number;
  readonly paint: Paint;
}

/** The short report of an experiment: model beside baseline, trades beside buy and hold, gates, where it was written. */
export function experimentReport(experiment: Experiment, { writtenTo, durationSeconds, inFull = false, width, paint }: ReportContext): string {
  const { training_result: training, backtest_result: backtest, provenance } = experiment;
  const entries: (readonly [string, string])[] = [
    ['Result', paint(experiment.status === 'completed' ? 'green' : 'yellow', resultText(experiment))],
    ...accuracyEntries(training),
    ...(backtest === null ? [] : backtestEntries(backtest)),
    ['Training gate', gateText(training.gate)],
    ['Backtest gate', backtest === null ? notBacktested(experiment) : gateText(backtest.gate)],
    ...assessmentEntries(experiment, inFull),
    ['Experiment', writtenTo],
    ['Seed', String(provenance.seed)],
    ...(durationSeconds === null ? [] : ([['Duration', seconds(durationSeconds)]] as const)),
    ...(experiment.notices.length === 0 ? [] : ([['Notices', experiment.notices.join('\n')]] as const)),
  ];
  const { symbol, timeframe } = experiment.context;
  return `\n${paint('bold', experiment.strategy_name)}  ${symbol} ${timeframe}  ${paint('dim', experiment.id)}\n\n${labelled(entries, width, paint)}\n`;
}

/** The assessment by the present rules: a record of older ones is assessed again, and its own verdict told too. */
function assessmentEntries(experiment: Experiment, inFull: boolean): (readonly [string, string])[] {
  const { assessment: recorded } = experiment;
  if (recorded === undefined) return [];
  const outdated = recorded.rules < ASSESSMENT_RULES;
  const { rules, verdict, reason, strengths, weaknesses } = outdated ? assess(experiment) : recorded;
  const listed = [['Strengths', strengths], ['Weaknesses', weaknesses]] as const;
  return [
    ['Assessment', `${verdict}. ${reason}${outdated ? `\nby rules ${rules}; recorded by rules ${recorded.rules}: ${recorded.verdict}` : ''}`],
    ...(inFull ? listed.flatMap(([label, sentences]) => (sentences.length === 0 ? [] : [[label, sentences.join('\n')] as const])) : []),
  ];
}

function resultText({ status, gate_rejection_reason: reason, backtest_result: backtest }: Experiment): string {
  if (status !== 'completed') return `rejected. ${reason ?? status}`;
  return backtest === null ? 'completed: the training gate passed it' : 'completed: both gates passed it';
}

function notBacktested({ status, context }: Experiment): string {
  return status === 'completed' ? `not backtested: ${context.label_source} labels are no trading signals` : 'not reached';
}

function accuracyEntries(training: Experiment['training_result']): (readonly [string, string])[] {
  const { test_metrics: test, training_metrics: metrics, majority_baseline_accuracy: baseline } = training;
  const best = bestConstantAnswer(training);
  const constant = best.value === null || best.answer === null ? '' : `   always ${best.answer}: ${percent(best.value)}`;
  const usual = baseline === null ? '' : `   most frequent in training: ${percent(baseline)}`;
  return [
    ['Test accuracy', `${percent(test.test_accuracy ?? null)}${constant}${usual}`],
    ['Validation', `${percent(metrics.best_val_accuracy)}   at epoch ${metrics.best_epoch} of ${metrics.epochs_trained}${metrics.stopped_early ? ', stopped early' : ''}`],
    ...(typeof test.directional_accuracy === 'number' ? ([['Direction', `${percent(test.directional_accuracy)}   the better of always up and always down: ${percent(best.value)}`]] as const) : []),
  ];
}

const RANGE_RULES = { 'backtest.date_range': 'backtest.date_range', after_training_range: 'after the training range', test_split: 'test split' } as const;

function backtestEntries({ metrics, buy_and_hold: holding, per_symbol: symbols, range_rule: rule, in_sample_share: inSample }: NonNullable<Experiment['backtest_result']>) {
  const undefinedOr = (key: string, value: number | null, show: (value: number) => string) =>
    value === null ? `undefined (${metrics.undefined_metrics[key] ?? 'no reason given'})` : show(value);
  const from = Math.min(...symbols.map(({ start }) => Date.parse(start)));
  const to = Math.max(...symbols.map(({ end }) => Date.parse(end)));
  return [
    ['Backtest', `${dayOf(from)} to ${lastDay(to)} (${RANGE_RULES[rule]}), ${percent(inSample)} in sample`],
    ['Trades', `${metrics.total_trades.toLocaleString('en')}, won ${undefinedOr('win_rate', metrics.win_rate, (rate) => percent(rate))}`],
    ['Return', `${percent(metrics.total_return_pct)}   buy and hold: ${percent(holding.total_return_pct)}`],
    ['Sharpe ratio', undefinedOr('sharpe_ratio', metrics.sharpe_ratio, (ratio) => ratio.toFixed(2))],
    ['Max drawdown', `${percent(metrics.max_drawdown_pct)}   buy and hold: ${percent(holding.max_drawdown_pct)}`],
  ] as const;
}

function gateText({ passed, reason, checks }: GateVerdictRecord): string {
  const failed = checks.filter((check) => !check.passed);
  if (passed && failed.length === 0) return 'passed';
  const listed = failed.map(({ name, value, threshold }) => `${name} ${value === null ? 'undefined' : figure(value)} against ${figure(threshold)}`);
  return `${passed ? 'bypassed' : `rejected: ${reason}`}\nnot met: ${listed.join('; ')}`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
