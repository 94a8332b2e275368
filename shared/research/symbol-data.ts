import { computeFeatures } from '../dataset/features.ts';
import type { FeatureMatrix } from '../dataset/feature-matrix.ts';
import { type Bars, sliceBars } from '../market-data/bars.ts';
import { requireContextCoverage } from '../market-data/context/coverage.ts';
import { type LoadedContext, NO_CONTEXT } from '../market-data/context/load.ts';
import { selectRange } from '../market-data/coverage.ts';
import { loadBars } from '../market-data/load.ts';
import { readingRemarks } from '../market-data/quality.ts';
import type { Timeframe } from '../market-data/timeframe.ts';
import type { ObjectStore } from '../ports/index.ts';
import type { DateRange, Strategy } from '../strategy/strategy.ts';

/** What the model sees of one symbol. */
export interface SymbolFeatures {
  readonly symbol: string;
  readonly features: FeatureMatrix;
  /** SHA-256 of each data file that the features come from, context included, by object key. */
  readonly dataSha256: Readonly<Record<string, string>>;
  /** Remarks on how the symbol's files were read. */
  readonly notices: readonly string[];
}

/**
 * Loads a symbol's bars of every timeframe and computes its features: the one way from files to features, in training and backtest.
 * @param within the data must cover this range, and nothing after its end is seen; bars before it warm the indicators. Null: all bars
 * @param context of the strategy's sources (`loadContext`), which all symbols share
 * @throws MarketDataError, StorageError
 */
export async function loadSymbolFeatures(
  store: ObjectStore,
  strategy: Strategy,
  symbol: string,
  within: DateRange | null,
  context: LoadedContext = NO_CONTEXT,
): Promise<SymbolFeatures> {
  const bars = new Map<Timeframe, Bars>();
  const dataSha256: Record<string, string> = Object.fromEntries(context.files.map(({ key, sha256 }) => [key, sha256]));
  const notices: string[] = [];
  for (const timeframe of strategy.timeframes) {
    const loaded = await loadBars(store, symbol, timeframe);
    dataSha256[loaded.key] = loaded.sha256;
    notices.push(...readingRemarks(loaded.notes).map((remark) => `${loaded.key}: ${remark}`));
    const { to } = selectRange(loaded.bars, within, { allowPartial: strategy.allowPartialCoverage });
    bars.set(timeframe, sliceBars(loaded.bars, 0, to));
  }
  if (!strategy.allowPartialCoverage) for (const series of context.series.values()) requireContextCoverage(series, within);
  return { symbol, features: computeFeatures(strategy, bars, context.series), dataSha256, notices };
}
