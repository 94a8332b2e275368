import type { BarColumn } from '../bars.ts';
import type { DateOrder } from '../csv/stamp.ts';

/** A column that may serve as volume, and what its numbers are. */
export interface VolumeColumn {
  readonly column: number;
  readonly meaning: string;
}

/** Where an export keeps what a bar is made of. */
export interface ExportLayout {
  readonly dateOrder: DateOrder;
  /** The time stands in the first field, or in the first two: date, clock. */
  readonly stampFields: 1 | 2;
  readonly prices: Readonly<Record<Exclude<BarColumn, 'volume'>, number>>;
  /** Columns with a volume; the first one that is not 0 throughout is used. */
  readonly volumes: readonly [VolumeColumn, ...VolumeColumn[]];
  /** True where the header states that times are UTC. */
  readonly statesUtc: boolean;
  /** What a person should know about the numbers. */
  readonly notes: readonly string[];
}

/** One kind of export that can be imported. */
export interface ExportFormat {
  readonly name: string;
  /** A header line, for messages. */
  readonly example: string;
  /** The layout of a file with these columns (see `normalizedName`), or null where the format is another. */
  readonly match: (names: readonly string[]) => ExportLayout | null;
}

/** A column name without case, brackets, blanks, `_` and `-`: `<TICKVOL>` and `Adj Close` become `tickvol` and `adjclose`. */
export function normalizedName(name: string): string {
  return name.toLowerCase().replaceAll(/[<>\s_-]/g, '');
}

/** Indexes of the four price columns, or null where one is missing or repeated. */
export function priceColumns(names: readonly string[]): ExportLayout['prices'] | null {
  const prices = {
    open: onlyIndex(names, 'open'),
    high: onlyIndex(names, 'high'),
    low: onlyIndex(names, 'low'),
    close: onlyIndex(names, 'close'),
  };
  return Object.values(prices).every((index) => index > 0) ? prices : null;
}

/** Index of the column with this name; -1 where there is none or more than one. */
export function onlyIndex(names: readonly string[], name: string): number {
  const index = names.indexOf(name);
  return names.includes(name, index + 1) ? -1 : index;
}
