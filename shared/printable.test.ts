import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fail } from './errors/index.ts';
import { printable } from './printable.ts';
import { parseStrategy } from './strategy/parse.ts';

describe('printable', () => {
  it.each([
    ['an escape sequence', '\u001b[2Jgone', String.raw`\u{1b}[2Jgone`],
    ['a carriage return', 'shown\rhidden', String.raw`shown\u{d}hidden`],
    ['NUL', 'a\0b', String.raw`a\u{0}b`],
    ['half a character', 'a\ud800b', String.raw`a\u{d800}b`],
    ['writing turned round', 'abc\u202edef', String.raw`abc\u{202e}def`],
    ['a byte order mark', '\ufeffa', String.raw`\u{feff}a`],
  ])('shows %s without its effect', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('leaves ordinary text as it is', () => {
    for (const text of ['', 'two\nlines\tof text', 'Größe: 5 % of 日経平均 \u{1F4C8}']) expect(printable(text)).toBe(text);
  });

  it('always gives text that JSON and UTF-8 keep, and that it leaves as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0xd800, max: 0xdfff }), (text, half) => {
        const shown = printable(`${text}${String.fromCharCode(half)}`);
        expect(Buffer.from(shown, 'utf8').toString('utf8')).toBe(shown);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });
});

describe('what is quoted in a message', () => {
  it('has no effect on a terminal when a failure quotes a file', () => {
    expect(fail('DATA_FILE_NAME_INVALID', { file: '\u001b]0;owned\u0007_1h.csv' }).message).toContain(String.raw`\u{1b}]0;owned\u{7}_1h.csv`);
  });

  it('has none when a problem of a strategy quotes a key or a value', () => {
    const parsed = parseStrategy({ name: 'a\u001b[2J', 'b\u009b': 1 });
    if (parsed.ok) throw new Error('The strategy was not refused.');
    const said = parsed.problems.map(({ path, message }) => path + message).join(' ');
    expect(said).toContain(String.raw`b\u{9b}`);
    expect(printable(said)).toBe(said);
  });
});
