import { Temporal } from '@js-temporal/polyfill';
import { fail } from '../../errors/index.ts';
import { NO_OFFSET } from '../csv/stamp.ts';
import { isoTime } from '../times.ts';

const MINUTE_MS = 60_000;

/** A stretch of time in which a zone's clocks keep one offset. Milliseconds. */
interface Period {
  readonly offset: number;
  /** Instants [start, end). */
  readonly start: number;
  readonly end: number;
  /** Clock readings [wallStart, wallEnd) that exist exactly once. */
  readonly wallStart: number;
  readonly wallEnd: number;
}

/** Clock readings as they stand in a file: row i in line i + 2. */
export interface WallTimes {
  /** Milliseconds since the epoch, as if the clock showed UTC. */
  readonly wall: Float64Array;
  /** Minutes east of UTC that the row states, or NO_OFFSET. */
  readonly offset: Int16Array;
  readonly file: string;
}

/** The clocks of an IANA time zone, or of a fixed offset such as `+02:00`. */
export class WallClock {
  readonly timezone: string;
  #period: Period;

  /** Throws MarketDataError for a zone that does not exist. */
  constructor(timezone: string) {
    this.timezone = timezone;
    try {
      this.#period = periodAt(0, timezone);
    } catch (error) {
      throw fail('IMPORT_TIMEZONE_UNKNOWN', { timezone }, error);
    }
  }

  /** Offset of the zone's clocks at an instant, milliseconds east of UTC. */
  offsetAt(instant: number): number {
    if (instant < this.#period.start || instant >= this.#period.end) this.#period = periodAt(instant, this.timezone);
    return this.#period.offset;
  }

  /**
   * The instants of a file's times. An hour that clocks show twice is told apart by the file's own order, since its
   * second pass steps back; where only one pass is there, it could be either, and is refused.
   * Throws MarketDataError for it, for an hour that clocks skipped, and where the file states another offset than the zone has.
   */
  instants(times: WallTimes): Float64Array {
    const { wall, offset } = times;
    const instants = new Float64Array(wall.length);
    for (let i = 0; i < wall.length; i++) {
      const reading = wall[i]!;
      if (offset[i] !== NO_OFFSET) instants[i] = this.checkedInstant(times, i);
      else if (reading >= this.#period.wallStart && reading < this.#period.wallEnd) instants[i] = reading - this.#period.offset;
      else {
        const candidates = candidatesOf(reading, this.timezone);
        const facts = { file: times.file, line: i + 2, time: isoTime(reading).slice(0, -1), timezone: this.timezone };
        if (candidates.length === 0) throw fail('IMPORT_TIME_SKIPPED', facts);
        if (candidates.length === 1) {
          instants[i] = candidates[0]!;
          this.#period = periodAt(candidates[0]!, this.timezone);
        } else {
          const repeated = this.#endOfRepeatedHour(times, i);
          const secondPass = stepBack(wall, i, repeated);
          if (secondPass < 0) throw fail('IMPORT_TIME_AMBIGUOUS', facts);
          for (let j = i; j < repeated; j++) instants[j] = candidatesOf(wall[j]!, this.timezone)[j < secondPass ? 0 : 1]!;
          i = repeated - 1;
        }
      }
    }
    return instants;
  }

  /** The instant of a row that states its offset. Throws MarketDataError where the zone has another one then. */
  checkedInstant({ wall, offset, file }: WallTimes, row: number): number {
    const stated = offset[row]! * MINUTE_MS;
    const instant = wall[row]! - stated;
    const actual = this.offsetAt(instant);
    if (actual !== stated) {
      const facts = { file, line: row + 2, time: isoTime(instant), timezone: this.timezone };
      throw fail('IMPORT_TIMEZONE_CONFLICT', { ...facts, stated: offsetText(stated), actual: offsetText(actual) });
    }
    return instant;
  }

  #endOfRepeatedHour({ wall, offset }: WallTimes, start: number): number {
    let end = start;
    while (end < wall.length && offset[end] === NO_OFFSET && candidatesOf(wall[end]!, this.timezone).length === 2) end++;
    return end;
  }
}

/** Index of the first row in (start, end) whose clock does not move on; -1 where there is none. */
function stepBack(wall: Float64Array, start: number, end: number): number {
  for (let i = start + 1; i < end; i++) if (wall[i]! <= wall[i - 1]!) return i;
  return -1;
}

/** The instants, ascending, at which the zone's clocks show `reading`: one, two, or none. */
function candidatesOf(reading: number, timezone: string): number[] {
  const wanted = plainDateTime(reading);
  const choices = (['earlier', 'later'] as const).map((disambiguation) => wanted.toZonedDateTime(timezone, { disambiguation }));
  const shown = choices.filter((choice) => choice.toPlainDateTime().equals(wanted)).map((choice) => choice.epochMilliseconds);
  return [...new Set(shown)];
}

function plainDateTime(reading: number): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(reading).toZonedDateTimeISO('UTC').toPlainDateTime();
}

function periodAt(instant: number, timezone: string): Period {
  const zoned = (at: number): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
  const offsetOf = (at: number): number => zoned(at).offsetNanoseconds / 1e6;
  const offset = offsetOf(instant);
  const start = zoned(instant + 1).getTimeZoneTransition('previous')?.epochMilliseconds ?? Number.NEGATIVE_INFINITY;
  const end = zoned(instant).getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
  return {
    offset,
    start,
    end,
    wallStart: start + Math.max(offset, Number.isFinite(start) ? offsetOf(start - 1) : offset),
    wallEnd: end + Math.min(offset, Number.isFinite(end) ? offsetOf(end) : offset),
  };
}

/** `+02:00` for 7,200,000 ms. */
function offsetText(offset: number): string {
  return (offset < 0 ? '-' : '+') + new Date(Math.abs(offset)).toISOString().slice(11, 16);
}
