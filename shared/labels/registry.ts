import { forwardReturn } from './forward-return.ts';
import type { Labeler } from './labeler.ts';
import { tripleBarrier } from './triple-barrier.ts';
import { zigzag } from './zigzag.ts';

/** Every label source that a strategy can name. */
export const LABELERS: readonly Labeler[] = [zigzag, tripleBarrier, forwardReturn];

/** The labeler of a `training.labels.source`, or null if there is none of that name. */
export function findLabeler(source: string): Labeler | null {
  return LABELERS.find((labeler) => labeler.source === source) ?? null;
}
