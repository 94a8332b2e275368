/** Turning points of a series of closes, in order. */
export interface Pivots {
  /** Indexes; the first bar is the first. */
  readonly at: readonly number[];
  /** 1 where the pivot is a high, -1 where it is a low. */
  readonly side: readonly (1 | -1)[];
  /** Index of the bar that reversed from each pivot far enough to confirm it. */
  readonly confirmedAt: readonly number[];
  /** Per bar, the index of the extreme of the leg it belongs to, so far: no later bar adds a pivot before it. */
  readonly extreme: Int32Array;
}

/**
 * Pivots of a zigzag whose legs end where a close reverses from their extreme by `threshold`, a fraction of the extreme.
 * The first leg begins at the first close at least that far from the first bar's. The extreme of the last leg, which no
 * bar has confirmed, is no pivot. A threshold that is not above 0 gives none.
 */
export function findPivots(close: Float64Array, threshold: number): Pivots {
  const at: number[] = [];
  const side: (1 | -1)[] = [];
  const confirmedAt: number[] = [];
  const extremes = new Int32Array(close.length);
  if (!(threshold > 0)) return { at, side, confirmedAt, extreme: extremes };
  const confirm = (pivot: number, which: 1 | -1, bar: number): void => {
    at.push(pivot);
    side.push(which);
    confirmedAt.push(bar);
  };
  let direction: 1 | -1 | 0 = 0;
  let extreme = 0;
  for (let i = 1; i < close.length; i++) {
    const change = (close[i]! - close[extreme]!) / close[extreme]!;
    if (direction === 0) {
      if (Math.abs(change) >= threshold) {
        direction = change > 0 ? 1 : -1;
        confirm(0, direction === 1 ? -1 : 1, i);
        extreme = i;
      }
    } else if (change * direction > 0) {
      extreme = i;
    } else if (-change * direction >= threshold) {
      confirm(extreme, direction, i);
      direction = direction === 1 ? -1 : 1;
      extreme = i;
    }
    extremes[i] = extreme;
  }
  return { at, side, confirmedAt, extreme: extremes };
}
