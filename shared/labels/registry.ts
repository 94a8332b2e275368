import { context } from './context.ts';
import { forwardReturn } from './forward-return.ts';
import type { Labeler } from './labeler.ts';
import { regime } from './regime.ts';
import { tripleBarrier } from './triple-barrier.ts';
import { zigzag } from './zigzag.ts';

/** Every label source that a strategy can name. */
export const LABELERS: readonly Labeler[] = [zigzag, tripleBarrier, forwardReturn, context, regime];

/** The labeler of a `training.labels.source`, or null if there is none of that name. */
export function findLabeler(source: string): Labeler | null {
  return LABELERS.find((labeler) => labeler.source === source) ?? null;
}

/** The labeler of a strategy that was validated. */
export function labelerOf(source: string): Labeler {
  const labeler = findLabeler(source);
  if (labeler === null) throw new Error(`The label source ${source} passed validation but has no labeler.`);
  return labeler;
}
