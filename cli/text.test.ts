import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paintFor, percent, seconds, table, wrap } from './text.ts';

const plain = (_: string, text: string) => text;

test('wrapped text has the same words, in lines no longer than asked but for single words', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 }), fc.integer({ min: 5, max: 60 }), (words, width) => {
      const lines = wrap(words.join(' '), width);
      expect(lines.join(' ')).toBe(words.join(' '));
      for (const line of lines) expect(line.length <= width || !line.includes(' ')).toBe(true);
    }),
  );
});

test('a table aligns its columns and leaves no blanks at line ends', () => {
  const rows = [
    { name: 'a', value: 5 },
    { name: 'long name', value: 1234 },
  ];
  const columns = [
    { title: 'NAME', value: (row: { name: string }) => row.name },
    { title: 'VALUE', value: (row: { value: number }) => String(row.value), align: 'right' },
    { title: 'X', value: () => '' },
  ] as const;
  expect(table(rows, columns, plain)).toBe('NAME       VALUE  X\na              5\nlong name   1234\n');
});

describe('colours', () => {
  const stream = (isTTY: boolean, colors: boolean) => Object.assign(new Writable(), { isTTY, hasColors: () => colors }) as unknown as NodeJS.WriteStream;

  test.each([
    [true, true, '\u001B[31mx\u001B[39m'],
    [true, false, 'x'],
    [false, true, 'x'],
  ])('on a terminal: %s, wanted: %s', (isTTY, colors, painted) => {
    expect(paintFor(stream(isTTY, colors))('red', 'x')).toBe(painted);
  });
});

test('figures are short', () => {
  expect([percent(0.5123), percent(null), seconds(3.21), seconds(75.4), seconds(3725)]).toEqual(['51.2 %', '-', '3.2 s', '1m 15s', '1h 2m 5s']);
});
