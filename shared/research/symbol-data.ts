import { computeFeatures } from '../dataset/features.ts';
import type { FeatureMatrix } from '../dataset/feature-matrix.ts';
import { rowsEndRemark } from '../dataset/rows-end.ts';
import { type Bars, lowerBound, sliceBars } from '../market-data/bars.ts';
import { requireContextCoverage } from '../market-data/context/coverage.ts';
import { type LoadedContext, NO_CONTEXT } from '../market-data/context/load.ts';
import { selectRange } from '../market-data/coverage.ts';
import { dataFileKey } from '../market-data/file-name.ts';
import { loadBars } from '../market-data/load.ts';
import { hasNotablePrices, priceRemarks } from '../market-data/price-extremes.ts';
import { readingRemarks } from '../market-data/quality.ts';
import type { Timeframe } from '../market-data/timeframe.ts';
import type { ObjectStore } from '../ports/index.ts';
import type { DateRange, Strategy } from '../strategy/strategy.ts';

/** What the model sees of one symbol. */
export interface SymbolFeatures {
  readonly symbol: string;
  readonly features: FeatureMatrix;
  /** Of the files that the features come from, the bars of those with prices that are worth a look, by object key. The others need not be kept. */
  readonly notable: ReadonlyMap<string, Bars>;
  /** SHA-256 of each data file that the features come from, context included, by object key. */
  readonly dataSha256: Readonly<Record<string, string>>;
  /** Remarks on how the symbol's files were read, and on rows that end markedly before its bars. */
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
  const notable = new Map<string, Bars>();
  const dataSha256: Record<string, string> = Object.fromEntries(context.files.map(({ key, sha256 }) => [key, sha256]));
  const notices: string[] = [];
  for (const timeframe of strategy.timeframes) {
    const loaded = await loadBars(store, symbol, timeframe);
    dataSha256[loaded.key] = loaded.sha256;
    notices.push(...readingRemarks(loaded.notes).map((remark) => `${loaded.key}: ${remark}`));
    const { to } = selectRange(loaded.bars, within, { allowPartial: strategy.allowPartialCoverage });
    const seen = sliceBars(loaded.bars, 0, to);
    bars.set(timeframe, seen);
    if (hasNotablePrices(seen)) notable.set(loaded.key, seen);
  }
  if (!strategy.allowPartialCoverage) for (const series of context.series.values()) requireContextCoverage(series, within);
  const features = computeFeatures(strategy, bars, context.series);
  for (const { source, bars: contextBars } of context.series.values()) {
    if (contextBars !== undefined && hasNotablePrices(contextBars)) notable.set(dataFileKey({ context: source.id }), contextBars);
  }
  const cut = rowsEndRemark(features.bars, features.ended, within?.end ?? Infinity);
  if (cut !== null) notices.push(cut);
  return { symbol, features, notable, dataSha256, notices };
}

/** A stretch of time, milliseconds UTC; the end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The time of the bars that rows are made of: from the first one that the warm-up of the first row needs.
 * @param first index of the first row
 * @param history rows before it that its window reaches back over
 */
export function spanSeen({ features: { bars, warmup } }: SymbolFeatures, first: number, history: number, end: number): Span {
  const oldest = first - warmup - history;
  return { start: oldest <= 0 ? -Infinity : bars.time[oldest]!, end };
}

/** The time of the bars that a model is trained on, warm-up included. */
export function spanTrained(loaded: SymbolFeatures, range: DateRange | null): Span {
  return spanSeen(loaded, lowerBound(loaded.features.bars.time, range?.start ?? -Infinity), 0, range?.end ?? Infinity);
}

/** What a person should look at among the prices of a symbol's files within a time: at most two sentences a file. */
export function priceNotices({ notable }: SymbolFeatures, span: Span): readonly string[] {
  return [...notable].flatMap(([key, bars]) => priceRemarks(bars, span).map((remark) => `${key}: ${remark}`));
}
