import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedOf, sfc32 } from './random.ts';

const take = (next: () => number, count: number): number[] => Array.from({ length: count }, next);

/** sfc32 as published, in BigInt arithmetic, after the same warm-up. */
function reference(seed: readonly number[], count: number): number[] {
  const mask = 0xffffffffn;
  let [a, b, c, d] = seed.map((word) => BigInt(word)) as [bigint, bigint, bigint, bigint];
  const out: number[] = [];
  for (let i = 0; i < 16 + count; i++) {
    const value = (a + b + d) & mask;
    d = (d + 1n) & mask;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & mask;
    c = (((c << 21n) & mask) | (c >> 11n)) & mask;
    c = (c + value) & mask;
    if (i >= 16) out.push(Number(value));
  }
  return out;
}

describe('sfc32', () => {
  it('gives the published stream', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 0xffffffff }), { minLength: 4, maxLength: 4 }), (seed) => {
        expect(take(sfc32(seed), 50)).toEqual(reference(seed, 50));
      }),
    );
  });

  it('spreads its values evenly over 16 buckets', () => {
    const counts = new Array<number>(16).fill(0);
    const next = sfc32(seedOf('buckets', 7));
    for (let i = 0; i < 160_000; i++) counts[next() >>> 28]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(37.7);
  });

  it('refuses a seed that is not four words', () => {
    expect(() => sfc32([1, 2, 3])).toThrow('four seed words');
  });
});

describe('seedOf', () => {
  it('gives equal words for equal parts, unsigned and 32 bits wide', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer())), (parts) => {
        const words = seedOf(...parts);
        expect(words).toEqual(seedOf(...parts));
        for (const word of words) expect(word >>> 0).toBe(word);
      }),
    );
  });

  it('tells order, type and grouping of the parts apart', () => {
    const seeds = [seedOf(1, 'a'), seedOf('a', 1), seedOf('1', 'a'), seedOf('1a'), seedOf(1), seedOf(2), seedOf()].map(String);
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it('changes about half of the bits when one number changes by one', () => {
    let changed = 0;
    for (let i = 0; i < 200; i++) {
      const a = seedOf('stream', i);
      const b = seedOf('stream', i + 1);
      for (let lane = 0; lane < 4; lane++) changed += bits(a[lane]! ^ b[lane]!);
    }
    expect(changed / (200 * 128)).toBeGreaterThan(0.45);
    expect(changed / (200 * 128)).toBeLessThan(0.55);
  });
});

function bits(word: number): number {
  return (word >>> 0).toString(2).replaceAll('0', '').length;
}
