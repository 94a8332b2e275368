import type { Assessment, Verdict } from '../../memory-schema/assessment.ts';
import { type AssessedRecord, figuresOf, recordedFigures } from './assessment-figures.ts';
import { ASSESSMENT_RULES, THRESHOLDS } from './assessment-rules.ts';
import { onlyAnswer } from './constant-answer.ts';
import { findingsOf, type Finding } from './findings.ts';

/**
 * What a completed research is worth, by fixed rules: the same record always gives the same assessment.
 *
 * `poor` where a gate rejected the model; where it was backtested and gained nothing after costs; or where it was not, and its
 * accuracy is not above the baseline, the best constant answer on the test rows. `promising` where no finding speaks against it: an edge over the
 * baseline that is significant over the independent labels, more than one answer, no overfitting and, where backtested, a gain on unseen bars that beats buying and holding outright or
 * for each point of drawdown, with a good Sharpe ratio over enough trades. `neutral` in between. The thresholds are in `assessment-rules.ts`.
 */
export function assess(record: AssessedRecord): Assessment {
  const figures = figuresOf(record);
  const recorded = recordedFigures(figures);
  const findings = findingsOf(record, figures);
  return {
    rules: ASSESSMENT_RULES,
    ...verdictOf(record, recorded.figures, findings),
    overfit: recorded.figures.validation_test_gap > THRESHOLDS.overfitGap,
    ...recorded,
    strengths: findings.filter(({ kind }) => kind === 'strength').map(({ text }) => text),
    weaknesses: findings.filter(({ kind }) => kind === 'weakness').map(({ text }) => text),
  };
}

function verdictOf(
  { status, gate_rejection_reason: rejection, training_result: training }: AssessedRecord,
  { net_return: netReturn, edge, trades }: Assessment['figures'],
  findings: readonly Finding[],
): { readonly verdict: Verdict; readonly reason: string } {
  if (status !== 'completed') return { verdict: 'poor', reason: `A gate rejected it. ${rejection ?? status}.` };
  if (trades === 0) return { verdict: 'poor', reason: 'It made no trade.' };
  if (netReturn !== null && netReturn <= 0) return { verdict: 'poor', reason: 'It gained nothing after costs.' };
  const answer = onlyAnswer(training);
  if (netReturn === null && answer !== null) return { verdict: 'poor', reason: `Its answer is ${answer} on every test row.` };
  if (netReturn === null && edge === null) return { verdict: 'poor', reason: 'Its accuracy cannot be compared with the best constant answer.' };
  if (netReturn === null && edge !== null && edge <= 0) return { verdict: 'poor', reason: 'Its accuracy is not above the best constant answer.' };
  const against = findings.flatMap(({ against: objection }) => (objection === undefined ? [] : [objection]));
  if (against.length > 0) return { verdict: 'neutral', reason: `Not promising, since ${against.join(', ')}.` };
  const gained = netReturn === null ? '' : ', and it gained after costs on unseen bars, by more than buying and holding or at less drawdown';
  return { verdict: 'promising', reason: `Its accuracy is significantly above the best constant answer${gained}.` };
}
