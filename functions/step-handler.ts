import type { StepContext } from '../shared/research/step.ts';

/** A Lambda handler of the research cycle: the state machine's payload in, a small JSON object out. */
export type StepHandler = (event: unknown, context: StepContext) => Promise<object>;
