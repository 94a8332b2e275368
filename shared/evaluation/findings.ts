import type { AssessmentFigure } from '../../memory-schema/assessment.ts';
import type { Metric } from '../backtest/backtest.ts';
import type { AssessedRecord, Figures } from './assessment-figures.ts';
import { THRESHOLDS } from './assessment-rules.ts';
import { bestConstantAnswer, isRegression, onlyAnswer } from './constant-answer.ts';

/** One thing that speaks for a result or against it, as a sentence with its numbers. */
export interface Finding {
  readonly kind: 'strength' | 'weakness';
  readonly text: string;
  /** Why the result is not promising, to be read after "since"; absent where the finding does not decide that. */
  readonly against?: string;
}

/** Everything that is to be said of a record: accuracy first, then trading, then what else one should know. */
export function findingsOf(record: AssessedRecord, figures: Figures): readonly Finding[] {
  return [accuracyFinding(record, figures), ...answerFindings(record), gapFinding(record, figures), ...tradingFindings(record, figures), ...remarks(record)];
}

function accuracyFinding({ training_result: training }: AssessedRecord, figures: Figures): Finding {
  const against = 'its accuracy is not significantly above the best constant answer';
  const name = isRegression(training) ? 'Directional accuracy' : 'Test accuracy';
  const compared = valuesOf(figures, 'accuracy', 'baseline', 'edge');
  if (compared.values === null) return weakness(`${name} cannot be compared with the best constant answer: ${compared.reason}.`, against);
  const { accuracy, baseline, edge } = compared.values;
  const apart = edge === 0 ? 'equals' : `is ${points(edge)} ${edge > 0 ? 'above' : 'below'}`;
  const beside = `${name} of ${percent(accuracy)} ${apart} ${constantOf(training)} (${percent(baseline)})`;
  if (edge <= 0) return weakness(`${beside}.`, against);
  const tested = valuesOf(figures, 'edge_z', 'effective_rows');
  if (tested.values === null) return weakness(`${beside}, which cannot be told from chance: ${tested.reason}.`, against);
  const { edge_z: z, effective_rows: rows } = tested.values;
  const labels = `${rows.toFixed(1)} independent labels`;
  const { fewestEffectiveRows: fewest, significantZ } = THRESHOLDS;
  if (rows < fewest) return weakness(`${beside}, but ${labels} are fewer than the ${fewest} it takes to tell it from chance.`, against);
  const test = `z is ${z.toFixed(2)} over ${labels}`;
  if (z < significantZ) return weakness(`${beside}, which may be chance: ${test}, below ${significantZ}.`, against);
  return strength(`${beside}, beyond chance: ${test}, not below ${significantZ}.`);
}

function constantOf(training: AssessedRecord['training_result']): string {
  const best = bestConstantAnswer(training);
  return best.value === null || best.answer === null
    ? 'the better of always answering up and always answering down'
    : `always answering ${best.answer}, the best constant answer on these rows`;
}

/** A model that always says the same has learned nothing of its inputs, whatever its accuracy. */
function answerFindings({ training_result: training }: AssessedRecord): readonly Finding[] {
  const answer = onlyAnswer(training);
  return answer === null ? [] : [weakness(`Its answer is ${answer} on every test row.`, `its answer is always ${answer}`)];
}

function gapFinding({ training_result: training }: AssessedRecord, figures: Figures): Finding {
  const { value } = figures.validation_test_gap;
  const validation = percent(training.training_metrics.best_val_accuracy);
  const apart = `Validation accuracy of ${validation} is ${points(value)} ${value > 0 ? 'above' : 'below'} test accuracy`;
  if (value > THRESHOLDS.overfitGap) return weakness(`${apart}: the model is overfit.`, 'it is overfit');
  if (Math.abs(value) > THRESHOLDS.smallGap) return weakness(`${apart}: the two periods do not agree.`);
  return strength(`${apart}: the two periods agree.`);
}

function tradingFindings({ backtest_result: backtest }: AssessedRecord, figures: Figures): readonly Finding[] {
  if (backtest === null) return [];
  const { total_return_pct: gain, total_trades: trades } = backtest.metrics;
  if (trades === 0) return [weakness('It made no trade, so that nothing of its trading can be judged.')];
  const gained = gain > 0;
  const costs = `after costs of ${percent(backtest.metrics.total_costs / backtest.config.initial_capital, 2)} of the capital`;
  return [
    (gained ? strength : weakness)(`It ${gained ? 'gained' : 'lost'} ${percent(Math.abs(gain))} ${costs}.`),
    ...holdingFindings(figures, gain, backtest.buy_and_hold.total_return_pct),
    sharpeFinding(figures.sharpe_ratio),
    ...(trades < THRESHOLDS.fewestTrades
      ? [weakness(`Its ${trades} trades are fewer than the ${THRESHOLDS.fewestTrades} that say more than luck.`, `it made fewer than ${THRESHOLDS.fewestTrades} trades`)]
      : []),
    ...sampleFindings(backtest.in_sample_share),
  ];
}

/** Against buying and holding: outright, or for each point of the largest drawdown. */
function holdingFindings(figures: Figures, gain: number, holding: number): readonly Finding[] {
  const ahead = gain - holding;
  const outright = `That is ${points(ahead)} ${ahead > 0 ? 'more' : 'less'} than buying and holding (${percent(holding)})`;
  if (ahead > 0) return [strength(`${outright}.`)];
  if (gain <= 0) return [weakness(`${outright}.`)];
  const against = 'buying and holding did better';
  const compared = valuesOf(figures, 'return_per_drawdown', 'buy_and_hold_return_per_drawdown');
  if (compared.values === null) return [weakness(`${outright}; for each point of drawdown they cannot be compared: ${compared.reason}.`, against)];
  const { return_per_drawdown: own, buy_and_hold_return_per_drawdown: other } = compared.values;
  const perDrawdown = `or each point of its largest drawdown it returned ${own.toFixed(2)} points, buying and holding ${other.toFixed(2)}`;
  if (own > other) return [weakness(`${outright}.`), strength(`F${perDrawdown}.`)];
  return [weakness(`${outright}, and f${perDrawdown}.`, against)];
}

function sharpeFinding(sharpe: Metric): Finding {
  const least = THRESHOLDS.goodSharpe;
  if (sharpe.value === null) return weakness(`The Sharpe ratio is undefined: ${sharpe.reason}.`, 'its Sharpe ratio is undefined');
  if (sharpe.value < least) return weakness(`The Sharpe ratio of ${sharpe.value.toFixed(2)} is below ${least}.`, `its Sharpe ratio is below ${least}`);
  return strength(`The Sharpe ratio is ${sharpe.value.toFixed(2)}.`);
}

function sampleFindings(inSample: number): readonly Finding[] {
  if (inSample === 0) return [strength('All bars of the backtest are out of sample.')];
  const text = `${percent(inSample)} of the backtest's bars were seen in training or validation.`;
  const limit = THRESHOLDS.largestInSampleShare;
  return [inSample > limit ? weakness(text, `more than ${percent(limit, 0)} of its backtest is in sample`) : weakness(text)];
}

/** What one should know beside the figures. */
function remarks({ gate_rejection_reason: rejection, training_result: training, backtest_result: backtest, context }: AssessedRecord): readonly Finding[] {
  const bypassed = [training.gate, ...(backtest === null ? [] : [backtest.gate])].flatMap(({ reason, checks }) =>
    reason === 'bypassed' ? checks.filter((check) => !check.passed).map(({ name }) => name) : [],
  );
  const ruined = (backtest === null ? [] : backtest.per_symbol).flatMap(({ symbol, ruined_at: at }) => (at === null ? [] : [{ symbol, at }]));
  return [
    ...(rejection === null ? [] : [weakness(`${rejection}.`)]),
    ...(bypassed.length === 0 ? [] : [weakness(`The gates were bypassed; not met: ${bypassed.join(', ')}.`, 'it does not meet the gates that were bypassed')]),
    ...(training.absent_classes.length === 0 ? [] : [weakness(`No training row has the class ${training.absent_classes.join(' or ')}, so it is never answered.`)]),
    ...ruined.map(({ symbol, at }) => weakness(`The account of ${symbol} was used up at ${at}.`, `the account of ${symbol} was used up`)),
    ...(backtest === null && rejection === null
      ? [weakness(`It was not backtested, since ${context.label_source} labels are no trading signals: what trading on it would bring is not known.`)]
      : []),
  ];
}

function strength(text: string): Finding {
  return { kind: 'strength', text };
}

function weakness(text: string, against?: string): Finding {
  return { kind: 'weakness', text, ...(against !== undefined && { against }) };
}

type Values<K extends AssessmentFigure> = { readonly values: Readonly<Record<K, number>> } | { readonly values: null; readonly reason: string };

/** Figures that are all defined, or the reason of the first that is not. */
function valuesOf<K extends AssessmentFigure>(figures: Figures, ...names: readonly K[]): Values<K> {
  const values: Partial<Record<K, number>> = {};
  for (const name of names) {
    const metric: Metric = figures[name];
    if (metric.value === null) return { values: null, reason: metric.reason };
    values[name] = metric.value;
  }
  return { values: values as Record<K, number> };
}

function percent(share: number, digits = 1): string {
  return `${rounded(share * 100, digits)} %`;
}

/** The size of a difference of shares. */
function points(difference: number): string {
  return `${rounded(Math.abs(difference) * 100, 1)} points`;
}

/** Without the sign of a zero. */
function rounded(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text;
}
