import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedOf, sfc32 } from '../random.ts';
import { fillMask, keepScale } from './dropout.ts';

describe('fillMask', () => {
  it('drops a unit exactly where its byte of the stream is below the probability in 256ths', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), fc.nat(), fc.integer({ min: 1, max: 50 }), (levels, seed, words) => {
        const mask = new Uint8Array(words * 4);
        fillMask(mask, levels / 256, sfc32(seedOf(seed)));
        const stream = Uint32Array.from({ length: words }, sfc32(seedOf(seed)));
        expect([...mask]).toEqual(Array.from(new Uint8Array(stream.buffer), (byte) => (byte >= levels ? 1 : 0)));
      }),
    );
  });

  it('gives the same bytes in pieces as at once', () => {
    const whole = new Uint8Array(64);
    fillMask(whole, 0.2, sfc32(seedOf('pieces')));
    const pieces = new Uint8Array(64);
    const next = sfc32(seedOf('pieces'));
    for (const [from, to] of [[0, 4], [4, 40], [40, 64]]) fillMask(pieces.subarray(from, to), 0.2, next);
    expect(pieces).toEqual(whole);
  });

  it('refuses a length that would waste part of a draw', () => {
    expect(() => fillMask(new Uint8Array(6), 0.2, sfc32(seedOf(1)))).toThrow(RangeError);
  });
});

describe('keepScale', () => {
  it('keeps the expected activation, with probabilities in 256ths', () => {
    expect(keepScale(0.2)).toBe(256 / 205);
    expect(keepScale(0.5)).toBe(2);
  });

  it('rounds a small probability up and a great one down, so that something is dropped and something kept', () => {
    expect(keepScale(1e-6)).toBe(256 / 255);
    expect(keepScale(0.9999)).toBe(256);
  });
});
