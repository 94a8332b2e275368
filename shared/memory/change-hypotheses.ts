import type { Hypothesis, TestVerdict } from '../../memory-schema/hypothesis.ts';
import type { Ports } from '../ports/index.ts';
import { changeHypotheses } from './hypotheses-file.ts';
import { afterTest, nextHypothesisId } from './hypotheses.ts';
import { whyUnknown } from './known-experiment.ts';

type Changed = { readonly outcome: 'changed'; readonly hypothesis: Hypothesis };
type UnknownExperiment = { readonly outcome: 'unknown_experiment'; readonly reason: string };
type TestOutcome = Changed | UnknownExperiment | { readonly outcome: 'unknown_hypothesis' | 'tested_before' };

/** Adds an untested hypothesis under the next id. Throws StorageError. */
export async function addHypothesis(
  ports: Ports,
  { text, rationale, sourceExperiment }: { readonly text: string; readonly rationale: string | null; readonly sourceExperiment: string | null },
): Promise<Changed | UnknownExperiment> {
  const reason = sourceExperiment === null ? null : await whyUnknown(ports, sourceExperiment);
  if (reason !== null) return { outcome: 'unknown_experiment', reason };
  const added = { text, source_experiment: sourceExperiment, rationale, status: 'untested', tested_by: [], created: ports.now().toISOString() } as const;
  return changeHypotheses<Changed>(ports.objects, (current) => {
    const hypothesis = { id: nextHypothesisId(current), ...added, tested_by: [] };
    return { hypotheses: [...current, hypothesis], result: { outcome: 'changed', hypothesis } };
  });
}

/**
 * Records that an experiment tested a hypothesis, and what it found; the status follows from `afterTest`. An experiment tests a hypothesis once.
 * Operations that failed or were cancelled have no experiment, and so test nothing.
 * @throws StorageError
 */
export async function testHypothesis(
  ports: Ports,
  id: string,
  { experimentId, verdict }: { readonly experimentId: string; readonly verdict: TestVerdict },
): Promise<TestOutcome> {
  const reason = await whyUnknown(ports, experimentId);
  if (reason !== null) return { outcome: 'unknown_experiment', reason };
  const at = ports.now().toISOString();
  return changeHypotheses<TestOutcome>(ports.objects, (current) => {
    const found = current.find((each) => each.id === id);
    if (found === undefined) return { hypotheses: null, result: { outcome: 'unknown_hypothesis' } };
    const hypothesis = afterTest(found, { experimentId, verdict, at });
    if (hypothesis === null) return { hypotheses: null, result: { outcome: 'tested_before' } };
    return { hypotheses: current.map((each) => (each.id === id ? hypothesis : each)), result: { outcome: 'changed', hypothesis } };
  });
}
