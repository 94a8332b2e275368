const DAY_MS = 86_400_000;

/**
 * The last day (UTC) that a range reaches into, as a person writes an end date: a plain end date counts whole.
 * @param end instant at which the range is over, milliseconds
 */
export function lastDay(end: number): string {
  return dayOf(end - 1);
}

/** The day (UTC) of an instant in milliseconds. */
export function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** Whether the instant is one at which a day (UTC) begins. */
export function isMidnight(instant: number): boolean {
  return instant % DAY_MS === 0;
}
