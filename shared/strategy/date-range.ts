import { z } from 'zod';
import { readFields, readMapping } from './fields.ts';
import { described } from './messages.ts';
import { at, type Report } from './report.ts';
import type { DateRange } from './strategy.ts';
import type { Tree } from './tree.ts';

const DAY_MS = 86_400_000;

const PLAIN_DATE = z.iso.date();
const DATE_TIME = z.iso.datetime({ offset: true, local: true });
const FORMS = 'a date (2020-01-31) or a date and time (2020-01-31T12:00:00Z); without a zone it is UTC';

function instant(edge: 'start' | 'end') {
  return z
    .string({ error: ({ input }) => (input === undefined ? undefined : noDate(input)) })
    .transform((text, context) => {
      if (PLAIN_DATE.safeParse(text).success) return Date.parse(text) + (edge === 'end' ? DAY_MS : 0);
      const joined = text.replace(/^(\S+)\s+/, '$1T');
      if (DATE_TIME.safeParse(joined).success) return Date.parse(/(?:Z|[-+]\d\d:\d\d)$/.test(joined) ? joined : `${joined}Z`);
      context.addIssue({ code: 'custom', message: refusalOf(text) });
      return z.NEVER;
    })
    .nullable()
    .default(null)
    .meta({ form: FORMS });
}

function refusalOf(text: string): string {
  const day = text.slice(0, 10);
  if (/^\d{4}-\d\d-\d\d$/.test(day) && !PLAIN_DATE.safeParse(day).success) return `there is no day ${day}`;
  return noDate(text);
}

function noDate(value: unknown): string {
  return `${described(value)} is no date: write ${FORMS}`;
}

/** First moment of a range, milliseconds UTC. */
export const startInstant = instant('start');
/** Moment at which a range is over, milliseconds UTC: a plain date ends with its last moment. */
export const endInstant = instant('end');

export const DATE_RANGE = {
  start: startInstant.describe('First moment; the first bar there is where it is left out.'),
  end: endInstant.describe('Last day, whole, or moment at which the range is over; the last bar there is where it is left out.'),
};

/** `{start, end}`, either of which may be left out; null where there is neither. */
export function readDateRange(report: Report, path: string, node: Tree | undefined): DateRange | null | undefined {
  const map = readMapping(report, path, node, 'optional');
  if (map === null) return undefined;
  const { start, end } = readFields(report, path, map, DATE_RANGE);
  return rangeOf(report, path, at(path, 'end'), start, end);
}

/** The range of two edges, null where there is neither; undefined with a problem where they are out of order. */
export function rangeOf(
  report: Report,
  path: string,
  endPath: string,
  start: number | null | undefined,
  end: number | null | undefined,
): DateRange | null | undefined {
  if (start === undefined || end === undefined) return undefined;
  if (start === null && end === null) return null;
  if (start !== null && end !== null && start >= end) {
    report.problem(endPath, `must be after the start of ${path}`);
    return undefined;
  }
  return { start, end };
}
