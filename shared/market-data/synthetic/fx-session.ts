const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** The epoch was a Thursday; the trading week opens on Sunday 22:00. */
const FIRST_OPENING = 3 * DAY_MS + 22 * HOUR_MS;
const OPEN_FOR = 5 * DAY_MS;

/** Relative movement by hour of the day, UTC: quiet in Asia, busy in London, busiest while New York is open too. */
const ACTIVITY = [0.6, 0.6, 0.6, 0.6, 0.6, 0.7, 0.9, 1.3, 1.3, 1.2, 1.1, 1.1, 1.4, 1.6, 1.6, 1.5, 1.3, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.5];

/** Opening times, milliseconds UTC, of all bars of `step` ms in [start, end) within the FX week: Sunday 22:00 to Friday 22:00 UTC. */
export function fxSessionTimes(start: number, end: number, step: number): Float64Array {
  const times: number[] = [];
  for (let time = start; time < end; time += step) {
    const sinceOpening = (((time - FIRST_OPENING) % WEEK_MS) + WEEK_MS) % WEEK_MS;
    if (sinceOpening < OPEN_FOR) times.push(time);
  }
  return Float64Array.from(times);
}

/** How busy the FX market is at an instant; about 1 on average. */
export function fxActivity(instant: number): number {
  return ACTIVITY[Math.floor((((instant % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS)]!;
}
