import { describe, expect, it } from 'vitest';
import { findIndicator, INDICATORS, readsVolume } from './registry.ts';

describe('findIndicator', () => {
  it.each([
    ['rsi', 'rsi'],
    ['RSIIndicator', 'rsi'],
    ['sma', 'simplemovingaverage'],
    ['SimpleMovingAverage', 'simplemovingaverage'],
    ['EMA', 'exponentialmovingaverage'],
    ['bbands', 'bollingerbands'],
    ['BollingerBandsIndicator', 'bollingerbands'],
    ['WilliamsR', 'williamsr'],
    ['wma', 'weightedmovingaverage'],
    ['ParabolicSARIndicator', 'parabolicsar'],
    ['DistanceFromMA', 'distancefromma'],
  ])('finds %s as %s', (name, type) => {
    expect(findIndicator(name)?.type).toBe(type);
  });

  it.each(['bollinger', 'williams_r', 'keltner', 'zigzag', '', 'constructor'])('does not know %j', (name) => {
    expect(findIndicator(name)).toBeNull();
  });

  it('knows thirty types', () => {
    expect(INDICATORS).toHaveLength(30);
  });

  it('gives every name to one indicator only, in lower case', () => {
    const names = INDICATORS.flatMap(({ type, aliases }) => [type].concat(aliases));
    expect(new Set(names.map((name) => name.toLowerCase()))).toEqual(new Set(names));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('readsVolume', () => {
  const sma = findIndicator('sma')!;

  it('is so where volume is the source, and not where a price is', () => {
    expect(readsVolume(sma, sma.params.parse({ source: 'volume' }))).toBe(true);
    expect(readsVolume(sma, sma.params.parse({}))).toBe(false);
  });
});
