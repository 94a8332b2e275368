const LANES: readonly (readonly [basis: number, multiplier: number])[] = [
  [0x811c9dc5, 0x01000193],
  [0x9e3779b9, 0x85ebca6b],
  [0x243f6a88, 0xc2b2ae35],
  [0xb7e15162, 0x27d4eb2f],
];

const WARM_UP_ROUNDS = 16;

/**
 * Four 32-bit seed words from any mix of strings and numbers.
 * Order and type count: `seedOf(1, 'a')`, `seedOf('a', 1)` and `seedOf('1', 'a')` differ.
 * FNV-1a lanes over the JSON text of the parts, each closed with MurmurHash3's finaliser. Not for secrets.
 * @see http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function seedOf(...parts: readonly (string | number)[]): [number, number, number, number] {
  const text = JSON.stringify(parts);
  const [a, b, c, d] = LANES.map(([basis, multiplier]) => {
    let hash = basis;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), multiplier);
    return finalise(hash);
  }) as [number, number, number, number];
  const sum = finalise(a ^ b ^ c ^ d);
  return [(a + sum) >>> 0, (b + sum) >>> 0, (c + sum) >>> 0, (d + sum) >>> 0];
}

function finalise(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A seeded generator of unsigned 32-bit integers: Chris Doty-Humphrey's sfc32 (PractRand).
 * Integer arithmetic alone, so that a seed gives the same stream on every machine.
 * @param seed four 32-bit words, e.g. from `seedOf`
 * @see https://pracrand.sourceforge.net/RNG_engines.txt
 */
export function sfc32(seed: Uint32Array | readonly number[]): () => number {
  if (seed.length !== 4) throw new RangeError(`sfc32 takes four seed words, not ${seed.length}.`);
  let a = seed[0]! | 0;
  let b = seed[1]! | 0;
  let c = seed[2]! | 0;
  let counter = seed[3]! | 0;
  const next = (): number => {
    const value = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + value) | 0;
    return value >>> 0;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round++) next();
  return next;
}
