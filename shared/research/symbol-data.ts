import { computeFeatures } from '../dataset/features.ts';
import type { FeatureMatrix } from '../dataset/feature-matrix.ts';
import { type Bars, lowerBound, sliceBars } from '../market-data/bars.ts';
import { loadBars } from '../market-data/load.ts';
import type { Timeframe } from '../market-data/timeframe.ts';
import type { ObjectStore } from '../ports/index.ts';
import type { Strategy } from '../strategy/strategy.ts';

/** One symbol's bars and what the model sees of them. */
export interface SymbolFeatures {
  readonly symbol: string;
  readonly bars: ReadonlyMap<Timeframe, Bars>;
  readonly features: FeatureMatrix;
  /** SHA-256 of each data file read, by object key. */
  readonly dataSha256: Readonly<Record<string, string>>;
}

/**
 * Loads a symbol's bars of every timeframe and computes its features: the one way from files to features, in training and backtest.
 * @param before only bars that open before this instant, milliseconds UTC; null for all
 * @throws MarketDataError, StorageError
 */
export async function loadSymbolFeatures(
  store: ObjectStore,
  strategy: Strategy,
  symbol: string,
  before: number | null,
): Promise<SymbolFeatures> {
  const bars = new Map<Timeframe, Bars>();
  const dataSha256: Record<string, string> = {};
  for (const timeframe of strategy.timeframes) {
    const loaded = await loadBars(store, symbol, timeframe);
    dataSha256[loaded.key] = loaded.sha256;
    bars.set(timeframe, before === null ? loaded.bars : sliceBars(loaded.bars, 0, lowerBound(loaded.bars.time, before)));
  }
  return { symbol, bars, features: computeFeatures(strategy, bars), dataSha256 };
}
