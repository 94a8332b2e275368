import { z } from 'zod';
import { SIGNAL, SIGNAL_CLASSES, unresolvedLabels, type Labeler } from './labeler.ts';

const params = z.strictObject({
  zigzag_threshold: z.number().gt(0).lt(1).default(0.02).describe("Reversal from an extreme that ends a leg, as a fraction of the extreme's close."),
  label_lookahead: z.int().min(1).optional().describe("Required in KTRDR's files, where it has no effect either: how far a label looks ahead follows from the threshold."),
}).describe('Legs of the closes between reversals by the threshold: BUY inside a rising leg, SELL inside a falling one, HOLD where they turn.');

type ZigzagParams = z.infer<typeof params>;

/**
 * ZigZag segments of the closes: bars inside a rising leg are BUY, inside a falling leg SELL, the pivots between legs HOLD.
 *
 * The first close is the first pivot. The first bar at least `zigzag_threshold` away from it gives the first leg its
 * direction; from then on the leg's extreme trails every new high (low), and ends the leg once a close reverses from it
 * by the threshold. The reversing bar is the first extreme of the next leg. A close equal to the extreme changes nothing.
 *
 * When is a label known? A trailed extreme is provisional: a later one may replace it as pivot. It is a pivot for good
 * at the bar k that reverses from it, and with it every bar of its leg is known: those before it are inside the leg, and
 * it is HOLD. So the leg's bars, its final pivot included, are resolved at k, as a whole. (That an inner bar will be BUY
 * can be inferred earlier, from the first higher close after it; but then the extreme, which no one can tell yet from an
 * inner bar, would be missing, and only the clear bars of an open leg would count.) Bars after the last pivot confirmed
 * so, the reversing bar k included, are unresolved. Bar 0 is a pivot whatever follows, hence known at once.
 */
export const zigzag: Labeler<ZigzagParams, void> = {
  source: 'zigzag',
  classes: SIGNAL_CLASSES,
  signals: true,
  params,
  idle: () => ({ label_lookahead: 'has no effect on zigzag labels' }),
  label({ close, length }, { zigzag_threshold: threshold }) {
    const labels = unresolvedLabels(length);
    const { values, resolvedAt } = labels;
    if (length === 0) return labels;
    values[0] = SIGNAL.HOLD;
    resolvedAt[0] = 0;

    let direction: -1 | 0 | 1 = 0;
    let pivot = 0;
    let extreme = 0;
    for (let i = 1; i < length; i++) {
      const change = (close[i]! - close[extreme]!) / close[extreme]!;
      if (direction === 0) {
        if (Math.abs(change) < threshold) continue;
        direction = change > 0 ? 1 : -1;
        extreme = i;
      } else if (change * direction > 0) {
        extreme = i;
      } else if (-change * direction >= threshold) {
        values.fill(direction > 0 ? SIGNAL.BUY : SIGNAL.SELL, pivot + 1, extreme);
        values[extreme] = SIGNAL.HOLD;
        resolvedAt.fill(i, pivot + 1, extreme + 1);
        pivot = extreme;
        extreme = i;
        direction = direction > 0 ? -1 : 1;
      }
    }
    return labels;
  },
};
