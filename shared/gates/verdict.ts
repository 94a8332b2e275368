/** One comparison of a gate. */
interface GateCheck {
  readonly name: string;
  /** Null where the metric is undefined on valid data. */
  readonly value: number | null;
  readonly threshold: number;
  readonly passed: boolean;
}

/** What a gate decided. */
export interface GateVerdict {
  readonly passed: boolean;
  /** `passed`, `bypassed`, or the reason of the first check that failed. */
  readonly reason: string;
  /** Every check that applied, in order, also after the first failure. */
  readonly checks: readonly GateCheck[];
}

/** A check together with the words for its failure. */
export interface JudgedCheck extends GateCheck {
  readonly failure: string;
}

/** Sums checks up: the first failure gives the reason, unless the gate is bypassed. */
export function verdictOf(judged: readonly JudgedCheck[], bypass: boolean): GateVerdict {
  const first = judged.find((check) => !check.passed);
  const checks = judged.map(({ name, value, threshold, passed }) => ({ name, value, threshold, passed }));
  if (bypass) return { passed: true, reason: 'bypassed', checks };
  return { passed: first === undefined, reason: first?.failure ?? 'passed', checks };
}
