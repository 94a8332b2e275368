import { adx } from './adx.ts';
import { atr } from './atr.ts';
import { bollingerBands } from './bollinger-bands.ts';
import { ema } from './ema.ts';
import type { Indicator } from './indicator.ts';
import { macd } from './macd.ts';
import { roc } from './roc.ts';
import { rsi } from './rsi.ts';
import { sma } from './sma.ts';
import { stochastic } from './stochastic.ts';
import { williamsR } from './williams-r.ts';

/** Every indicator that a strategy may name. */
export const INDICATORS: readonly Indicator[] = [rsi, roc, sma, ema, macd, atr, adx, bollingerBands, stochastic, williamsR];

const BY_NAME: ReadonlyMap<string, Indicator> = new Map(
  INDICATORS.flatMap((indicator) => [indicator.type, ...indicator.aliases].map((name) => [name, indicator] as const)),
);

/** The indicator of that type or alias, in any case; null if there is none. */
export function findIndicator(type: string): Indicator | null {
  return BY_NAME.get(type.toLowerCase()) ?? null;
}

/** Whether an indicator, with these parameters, reads volume: through its formula or as its `source`. */
export function readsVolume(indicator: Indicator, params: Readonly<Record<string, unknown>>): boolean {
  return indicator.usesVolume || params['source'] === 'volume';
}
