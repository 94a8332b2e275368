import { z } from 'zod';
import { BAR_COLUMNS } from '../market-data/bars.ts';

/** A whole number of bars in [min, max]; text and fractions are refused. */
export function barCount(min: number, max: number, preset: number): z.ZodDefault<z.ZodInt> {
  return z.int().min(min).max(max).default(preset);
}

/** The bar column an indicator reads, `close` unless named. */
export const source = z.enum(BAR_COLUMNS).default('close');

/** Width of a band in units of its deviation, (0, 10]. */
export const bandMultiplier = z.number().gt(0).max(10).default(2);
