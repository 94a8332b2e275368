import { adline } from './adline.ts';
import { adx } from './adx.ts';
import { aroon } from './aroon.ts';
import { atr } from './atr.ts';
import { bollingerBandWidth } from './bollinger-band-width.ts';
import { bollingerBands } from './bollinger-bands.ts';
import { cci } from './cci.ts';
import { cmf } from './cmf.ts';
import { distanceFromMa } from './distance-from-ma.ts';
import { donchianChannels } from './donchian-channels.ts';
import { ema } from './ema.ts';
import { fisherTransform } from './fisher-transform.ts';
import { ichimoku } from './ichimoku.ts';
import type { Indicator } from './indicator.ts';
import { keltnerChannels } from './keltner-channels.ts';
import { macd } from './macd.ts';
import { mfi } from './mfi.ts';
import { momentum } from './momentum.ts';
import { obv } from './obv.ts';
import { parabolicSar } from './parabolic-sar.ts';
import { roc } from './roc.ts';
import { rsi } from './rsi.ts';
import { rvi } from './rvi.ts';
import { sma } from './sma.ts';
import { squeezeIntensity } from './squeeze-intensity.ts';
import { stochastic } from './stochastic.ts';
import { supertrend } from './supertrend.ts';
import { volumeRatio } from './volume-ratio.ts';
import { vwap } from './vwap.ts';
import { williamsR } from './williams-r.ts';
import { wma } from './wma.ts';

/** Every indicator that a strategy may name. */
export const INDICATORS: readonly Indicator[] = [
  rsi,
  roc,
  momentum,
  cci,
  williamsR,
  stochastic,
  rvi,
  fisherTransform,
  aroon,
  atr,
  bollingerBands,
  bollingerBandWidth,
  keltnerChannels,
  donchianChannels,
  supertrend,
  sma,
  ema,
  wma,
  macd,
  adx,
  parabolicSar,
  ichimoku,
  obv,
  vwap,
  mfi,
  cmf,
  adline,
  volumeRatio,
  distanceFromMa,
  squeezeIntensity,
];

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
