import type { Hypothesis, HypothesisStatus, TestVerdict } from '../../memory-schema/hypothesis.ts';

/**
 * The status of a hypothesis after a test, by its status before. A test that decides settles what is open; a settled one that a test
 * contradicts is open again; a test that decides nothing leaves a settled one as it is. Nothing becomes untested again. The older
 * words `confirmed` and `supported` mean validated.
 */
const TRANSITIONS: Readonly<Record<HypothesisStatus, Readonly<Record<TestVerdict, TestVerdict>>>> = {
  untested: { validated: 'validated', refuted: 'refuted', inconclusive: 'inconclusive' },
  inconclusive: { validated: 'validated', refuted: 'refuted', inconclusive: 'inconclusive' },
  validated: { validated: 'validated', refuted: 'inconclusive', inconclusive: 'validated' },
  confirmed: { validated: 'validated', refuted: 'inconclusive', inconclusive: 'validated' },
  supported: { validated: 'validated', refuted: 'inconclusive', inconclusive: 'validated' },
  refuted: { validated: 'inconclusive', refuted: 'refuted', inconclusive: 'refuted' },
};

/** A test of a hypothesis by an experiment. */
export interface HypothesisTest {
  readonly experimentId: string;
  readonly verdict: TestVerdict;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The hypothesis after a test; null where this experiment has tested it before: one experiment is one piece of evidence. */
export function afterTest(hypothesis: Hypothesis, { experimentId, verdict, at }: HypothesisTest): Hypothesis | null {
  if (hypothesis.tested_by.includes(experimentId)) return null;
  const earlier = hypothesis.tests === undefined ? [] : hypothesis.tests;
  return {
    ...hypothesis,
    status: TRANSITIONS[hypothesis.status][verdict],
    tested_by: [...hypothesis.tested_by, experimentId],
    tests: [...earlier, { experiment_id: experimentId, verdict, at }],
  };
}

/** The greatest number that an id may have: nine digits. */
const LAST_NUMBER = 999_999_999;

/**
 * The id after the highest there is: `H_001`, and so on.
 * @throws RangeError where that one is the last: an id beyond it would make the file unreadable
 */
export function nextHypothesisId(hypotheses: readonly Pick<Hypothesis, 'id'>[]): string {
  const highest = hypotheses.reduce((most, { id }) => Math.max(most, Number(id.slice(2))), 0);
  if (highest >= LAST_NUMBER) throw new RangeError(`There is no id of a hypothesis after H_${highest}.`);
  return `H_${String(highest + 1).padStart(3, '0')}`;
}

/**
 * Whether a record that is offered is the one that is there, but for tests recorded here since: its words, where it comes from and who
 * had tested it are the same, and, while nothing here tested it, its status.
 */
export function isSameHypothesis(there: Hypothesis, offered: Hypothesis): boolean {
  const { tests } = there;
  const testedHere = new Set(tests?.map(({ experiment_id: experiment }) => experiment));
  const testedBefore = there.tested_by.filter((experiment) => !testedHere.has(experiment));
  const offeredBefore = offered.tested_by.filter((experiment) => !testedHere.has(experiment));
  return (
    there.id === offered.id &&
    there.text === offered.text &&
    there.rationale === offered.rationale &&
    there.source_experiment === offered.source_experiment &&
    there.created === offered.created &&
    JSON.stringify(testedBefore) === JSON.stringify(offeredBefore) &&
    (tests !== undefined || there.status === offered.status)
  );
}
