import type { WriteStream } from 'node:tty';

/** Widest line of prose, columns. */
const MAX_WIDTH = 100;

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;
export type Color = keyof typeof CODES;

/** Colours text for one stream, or leaves it plain where the stream or the environment (NO_COLOR) wants none. */
export type Paint = (color: Color, text: string) => string;

export function paintFor(stream: NodeJS.WriteStream): Paint {
  if (!isTerminal(stream) || !stream.hasColors()) return (_, text) => text;
  return (color, text) => `\u001B[${CODES[color][0]}m${text}\u001B[${CODES[color][1]}m`;
}

export function isTerminal(stream: NodeJS.WriteStream): stream is WriteStream & NodeJS.WriteStream {
  return stream.isTTY;
}

/** Columns for prose on the stream. */
export function widthOf(stream: NodeJS.WriteStream): number {
  // Some terminals report 0 columns.
  return isTerminal(stream) && stream.columns > 0 ? Math.min(stream.columns, MAX_WIDTH) : MAX_WIDTH;
}

/** Breaks text at spaces into lines of at most `width` characters; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    return [...lines, line];
  });
}

/** `label  text` for each entry, the texts aligned and wrapped; a text of several lines keeps them. */
export function labelled(entries: readonly (readonly [label: string, text: string])[], width: number, paint: Paint, indent = '  '): string {
  const column = Math.max(...entries.map(([label]) => label.length)) + 2;
  return entries
    .map(([label, text]) => {
      const lines = wrap(text, Math.max(width - indent.length - column, 20));
      const margin = (i: number) => (i === 0 ? paint('dim', label.padEnd(column)) : ' '.repeat(column));
      return lines.map((line, i) => `${indent}${margin(i)}${line}\n`).join('');
    })
    .join('');
}

export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
  readonly color?: (row: T) => Color | null;
}

/** A table with a heading line; columns are as wide as their content. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], paint: Paint): string {
  const cells = rows.map((row) => columns.map((column) => column.value(row)));
  const widths = columns.map(({ title }, c) => Math.max(title.length, ...cells.map((line) => line[c]!.length)));
  const pad = (text: string, c: number) => (columns[c]!.align === 'right' ? text.padStart(widths[c]!) : text.padEnd(widths[c]!));
  const heading = columns.map(({ title }, c) => paint('dim', pad(title, c))).join('  ');
  const lines = rows.map((row, r) =>
    columns
      .map(({ color }, c) => {
        const text = pad(cells[r]![c]!, c);
        const chosen = color?.(row) ?? null;
        return chosen === null ? text : paint(chosen, text);
      })
      .join('  '),
  );
  return [heading, ...lines].map((line) => `${line.trimEnd()}\n`).join('');
}

/** 0.5123 as `51.2 %`; null as a dash. */
export function percent(share: number | null, digits = 1): string {
  return share === null ? '-' : `${(share * 100).toFixed(digits)} %`;
}

/** 75.4 seconds as `1m 15s`, 3.21 as `3.2 s`. */
export function seconds(duration: number): string {
  if (duration < 60) return `${duration.toFixed(1)} s`;
  const whole = Math.round(duration);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts[0] === 0 ? `${parts[1]}m ${parts[2]}s` : `${parts[0]}h ${parts[1]}m ${parts[2]}s`;
}

/** 4,567 bytes as `4.6 KB`, 12,345,678 as `12.3 MB`. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} bytes`;
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)} KB` : `${(count / 1_000_000).toFixed(1)} MB`;
}
