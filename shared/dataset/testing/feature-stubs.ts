import type { Timeframe } from '../../market-data/timeframe.ts';
import type { FeatureSpec, IndicatorSpec, MembershipSpec, Normalization, Strategy } from '../../strategy/strategy.ts';

/** What `computeFeatures` reads of a strategy. */
type FeatureStrategy = Pick<Strategy, 'baseTimeframe' | 'indicators' | 'features' | 'trainingRange' | 'backtestRange' | 'allowPartialCoverage'>;

const INDICATORS: readonly IndicatorSpec[] = [
  { id: 'rsi_14', type: 'rsi', params: { period: 14, source: 'close' }, dataSource: null },
  { id: 'rsi_3', type: 'rsi', params: { period: 3, source: 'close' }, dataSource: null },
  { id: 'roc_2', type: 'roc', params: { period: 2, source: 'close' }, dataSource: null },
  { id: 'roc_volume', type: 'roc', params: { period: 2, source: 'volume' }, dataSource: null },
];

/** A strategy over a few fixed indicators: rsi_14, rsi_3, roc_2, roc_volume. */
export function featureStrategy(baseTimeframe: Timeframe, features: readonly FeatureSpec[]): FeatureStrategy {
  return { baseTimeframe, indicators: INDICATORS, features, trainingRange: null, backtestRange: null, allowPartialCoverage: false };
}

/** A raw input of an indicator's primary output. */
export function raw(timeframe: Timeframe, indicatorId: string, normalization: Normalization = 'none'): FeatureSpec {
  return { id: `${timeframe}_${indicatorId}_raw`, timeframe, indicatorId, output: 'value', kind: 'raw', normalization };
}

/** A triangular membership of an indicator's primary output. */
export function triangle(timeframe: Timeframe, indicatorId: string, name: string, parameters: readonly [number, number, number]): FeatureSpec {
  const membership: MembershipSpec = { type: 'triangular', parameters };
  return { id: `${timeframe}_${indicatorId}_${name}`, timeframe, indicatorId, output: 'value', kind: 'fuzzy', membership };
}
