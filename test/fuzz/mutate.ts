/** Draws whole numbers in [0, below). */
export type Draw = (below: number) => number;

/** Longest input made: past every limit on texts (256 KB), but for files of bars, which have none worth reaching. */
export const LONGEST_INPUT = 300_000;
const USUAL_LENGTH = 16_384;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What parsers have stumbled over before. */
const HOSTILE: readonly Uint8Array[] = [
  '\0', '\u{FEFF}', '\u2028', '\u202E', '\r', '\r\n', '\n\n', '\t', '"', "'", '`', '\\', ',', ';', ':', '#', '%', '{', '}', '[', ']', '&a ', '*a', '<<: *a', '!!js/function ', '--- ', '...',
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__proto__: {polluted: 1}', '"__proto__":{"polluted":1}',
  '../../../../etc/passwd', '/dev/zero', 'C:\\con', '%2e%2e%2f', '..', 'a/../../b', 'file:///etc/passwd', '${7*7}', "' OR 1=1 --", '<script>',
  'NaN', 'Infinity', '-Infinity', '.inf', '.nan', '1e999', '-1e999', '1e-999', '5e-324', '-0', '0x10', '0o17', '0b1', '1_000', '9'.repeat(400), `0.${'0'.repeat(400)}1`, '9007199254740993', '18446744073709551616', '-1', '0', '12:30:45', '2020-02-30', '275760-09-13', '+010000-01-01T00:00:00Z', '0000-00-00', '1969-12-31T23:59:60Z',
  'null', '~', 'yes', 'no', 'on', 'true', '[]', '{}', '""', '[[[[[[[[', '{{{{{{{{', '- - - - - ', 'a: &a [*a, *a]', '? ? ? ',
  '\u{1F4A5}', '\u0301'.repeat(50), '\u200D', 'İ', 'ß', 'ﬁ', '０',
].map(encode).concat([
  // No UTF-8: half a sequence, a lone surrogate, an overlong slash, bytes that never occur; then heads of zip, gzip, ONNX and UTF-16.
  Uint8Array.of(0xc3), Uint8Array.of(0xed, 0xa0, 0x80), Uint8Array.of(0xc0, 0xaf), Uint8Array.of(0xff, 0xfe), Uint8Array.of(0x50, 0x4b, 3, 4), Uint8Array.of(0x1f, 0x8b, 8, 0),
  Uint8Array.of(8, 10, 0x3a), Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f), Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1),
]);

/** A few changes, one on the other, to an input of the corpus. */
export function mutated(corpus: readonly Uint8Array[], dictionary: readonly Uint8Array[], draw: Draw): Uint8Array {
  const pick = <T>(items: readonly T[]): T => items[draw(items.length)]!;
  const token = () => (dictionary.length > 0 && draw(4) > 0 ? pick(dictionary) : pick(HOSTILE));
  let bytes = pick(corpus);
  for (let changes = draw(2) === 0 ? 1 : 1 + draw(4); changes > 0; changes--) bytes = pick(CHANGES)(bytes, { draw, token, other: () => pick(corpus) });
  // Most inputs are short, so that many can be tried; some go past the limits.
  return bytes.subarray(0, draw(200) === 0 ? LONGEST_INPUT : USUAL_LENGTH);
}

interface Means {
  readonly draw: Draw;
  readonly token: () => Uint8Array;
  readonly other: () => Uint8Array;
}

type Change = (bytes: Uint8Array, means: Means) => Uint8Array;

const CHANGES: readonly Change[] = [
  (bytes, { draw }) => (bytes.length === 0 ? bytes : withByte(bytes, draw(bytes.length), (byte) => byte ^ (1 << draw(draw(8) === 0 ? 8 : 7)))),
  (bytes, { draw }) => (bytes.length === 0 ? bytes : withByte(bytes, draw(bytes.length), () => (draw(8) === 0 ? draw(256) : draw(128)))),
  (bytes, { draw, token }) => inserted(bytes, draw(bytes.length + 1), token()),
  (bytes, { draw, token }) => replaced(bytes, range(bytes, draw, 24), token()),
  (bytes, { draw }) => replaced(bytes, range(bytes, draw, 64), new Uint8Array(0)),
  (bytes, { draw }) => bytes.subarray(0, draw(bytes.length + 1)),
  (bytes, { draw }) => bytes.subarray(draw(bytes.length + 1)),
  // A part again and again, now and then very often.
  (bytes, { draw }) => {
    const [from, to] = range(bytes, draw, 200);
    return inserted(bytes, to, repeated(bytes.subarray(from, to), 1 + draw(draw(8) === 0 ? 4_000 : 8)));
  },
  (bytes, { draw, other }) => {
    const tail = other();
    return joined(bytes.subarray(0, draw(bytes.length + 1)), tail.subarray(draw(tail.length + 1)));
  },
  // A line moved.
  (bytes, { draw }) => {
    const all = lines(bytes);
    const [line] = all.splice(draw(all.length), 1);
    all.splice(draw(all.length + 1), 0, line!);
    return joined(...all);
  },
  // A line again.
  (bytes, { draw }) => {
    const all = lines(bytes);
    all.splice(draw(all.length), 0, all[draw(all.length)]!);
    return joined(...all);
  },
  // A number, or a word, that is another.
  (bytes, { draw, token }) => {
    const isOne = draw(2) === 0 ? isDigit : isWord;
    const from = draw(bytes.length + 1);
    const at = bytes.findIndex((byte, i) => i >= from && isOne(byte));
    if (at < 0) return bytes;
    let end = at;
    while (end < bytes.length && isOne(bytes[end]!)) end++;
    return replaced(bytes, [at, end], token());
  },
  // Nested more deeply.
  (bytes, { draw, token }) => inserted(bytes, draw(bytes.length + 1), repeated(draw(2) === 0 ? token() : encode('[{"a":'.slice(0, 1 + draw(6))), 1 + draw(200))),
  // A very long line, or word.
  (bytes, { draw }) => inserted(bytes, draw(bytes.length + 1), new Uint8Array(draw(draw(10) === 0 ? LONGEST_INPUT : 2_000)).fill(32 + draw(95))),
  // The whole in UTF-16.
  (bytes, { draw }) => (draw(8) === 0 ? new Uint8Array(Buffer.from(`\u{FEFF}${Buffer.from(bytes).toString('utf8')}`, 'utf16le')) : bytes),
  (bytes, { draw }) => inserted(bytes, draw(bytes.length + 1), Uint8Array.from({ length: 1 + draw(16) }, () => (draw(8) === 0 ? draw(256) : draw(128)))),
];

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
const isWord = (byte: number): boolean => isDigit(byte) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 95;

function range(bytes: Uint8Array, draw: Draw, longest: number): readonly [from: number, to: number] {
  const from = draw(bytes.length + 1);
  return [from, Math.min(bytes.length, from + draw(longest))];
}

function withByte(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = change(copy[at]!);
  return copy;
}

function inserted(bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array {
  return joined(bytes.subarray(0, at), part, bytes.subarray(at));
}

function replaced(bytes: Uint8Array, [from, to]: readonly [number, number], part: Uint8Array): Uint8Array {
  return joined(bytes.subarray(0, from), part, bytes.subarray(to));
}

function repeated(part: Uint8Array, times: number): Uint8Array {
  const count = part.length === 0 ? 0 : Math.min(times, Math.ceil(LONGEST_INPUT / part.length));
  return joined(...Array.from({ length: count }, () => part));
}

function lines(bytes: Uint8Array): Uint8Array[] {
  const all: Uint8Array[] = [];
  let from = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 10) continue;
    all.push(bytes.subarray(from, i + 1));
    from = i + 1;
  }
  return [...all, bytes.subarray(from)];
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts)).subarray(0, LONGEST_INPUT);
}
