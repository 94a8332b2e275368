import { fail } from '../../errors/index.ts';
import type { Bars } from '../bars.ts';
import type { BarsSource, ReadingNotes } from '../csv.ts';
import { readHeader, shownNames } from '../csv/header.ts';
import { readRows, type BarRows } from '../csv/rows.ts';
import { NO_OFFSET } from '../csv/stamp.ts';
import { durationMs } from '../timeframe.ts';
import { checkTimes, isoTime } from '../times.ts';
import { canonical } from './canonical.ts';
import { dukascopy } from './dukascopy.ts';
import { normalizedName, type ExportFormat, type ExportLayout, type VolumeColumn } from './format.ts';
import { metaTrader } from './metatrader.ts';
import { WallClock, type WallTimes } from './wall-clock.ts';
import { yahoo } from './yahoo.ts';

const DAY_MS = 86_400_000;

/** Every export that can be imported; the first that matches a header is taken. */
const EXPORT_FORMATS: readonly ExportFormat[] = [metaTrader, dukascopy, yahoo, canonical];

export interface ImportOptions extends BarsSource {
  /** IANA zone, or fixed offset, of the clock that the file's times were read from. */
  readonly timezone: string;
}

/** Bars from an export, and how they came about. */
export interface ImportedBars {
  readonly bars: Bars;
  /** Name of the format. */
  readonly format: string;
  /** What a person should know about the numbers, one sentence each. */
  readonly notes: readonly string[];
  readonly reading: ReadingNotes;
}

/**
 * Bars from an export of another program; the header tells the format. Times are converted to UTC; daily and weekly bars
 * keep their calendar day, at midnight UTC. Prices stay as they are.
 * Throws MarketDataError for a header of no known format, and for whatever `parseBars` would refuse.
 */
export function importBars(bytes: Uint8Array, { symbol, timeframe, source: file, timezone }: ImportOptions): ImportedBars {
  const clock = new WallClock(timezone);
  const header = readHeader(bytes, file, null);
  const { format, layout } = detectFormat(header.names, file);
  const { stampFields, dateOrder, prices } = layout;
  const readWith = ({ column }: VolumeColumn): BarRows => {
    const columns = { ...prices, volume: column };
    return readRows(bytes, { ...header, file, fieldCount: header.names.length, stampFields, dateOrder, columns });
  };

  let [used] = layout.volumes;
  let rows = readWith(used);
  for (const next of layout.volumes.slice(1)) {
    if (rows.volume.some((volume) => volume > 0)) break;
    used = next;
    rows = readWith(next);
  }
  const { count, wall, offset, open, high, low, close, volume, unreportedVolumes, lastLineEnds } = rows;
  if (layout.statesUtc) offset.forEach((minutes, i) => (offset[i] = minutes === NO_OFFSET ? 0 : minutes));

  const notes = [...layout.notes, `Volume is ${used.meaning}.`];
  const times = { wall, offset, file };
  const calendar = durationMs(timeframe) >= DAY_MS;
  const time = calendar ? calendarDays(times, clock) : clock.instants(times);
  checkTimes(time, timeframe, file);
  if (calendar) {
    const hours = -clock.offsetAt(time[count - 1]!) / 3_600_000;
    if (hours > 0) {
      notes.push(
        `A day counts as over at midnight UTC, ${hours} hours before it ends in ${timezone}: ` +
          'beside shorter timeframes, use it only where the market has closed by then.',
      );
    }
  }
  return {
    bars: { symbol, timeframe, length: count, time, open, high, low, close, volume },
    format: format.name,
    notes,
    reading: { unreportedVolumes, lastLineEnds },
  };
}

function detectFormat(names: readonly string[], file: string): { format: ExportFormat; layout: ExportLayout } {
  const normalized = names.map(normalizedName);
  for (const format of EXPORT_FORMATS) {
    const layout = format.match(normalized);
    if (layout !== null) return { format, layout };
  }
  throw fail('IMPORT_FORMAT_UNKNOWN', { file, found: shownNames(names), formats: EXPORT_FORMATS.map(({ name, example }) => `${name} (${example})`) });
}

/** The days that daily and weekly bars are stamped with. Throws MarketDataError where a stamp is not midnight, as written. */
function calendarDays(times: WallTimes, clock: WallClock): Float64Array {
  const { wall, offset, file } = times;
  for (let i = 0; i < wall.length; i++) {
    if (wall[i]! % DAY_MS !== 0) throw fail('IMPORT_DAY_NOT_MIDNIGHT', { file, line: i + 2, time: isoTime(wall[i]!).slice(0, -1) });
    if (offset[i] !== NO_OFFSET) clock.checkedInstant(times, i);
  }
  return wall;
}
