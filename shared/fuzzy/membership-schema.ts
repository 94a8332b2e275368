import { z } from 'zod';
import type { MembershipSpec } from '../strategy/strategy.ts';
import { gaussianParameters } from './gaussian.ts';
import { trapezoidalParameters } from './trapezoidal.ts';
import { triangularParameters } from './triangular.ts';

const shorthand = triangularParameters.transform((parameters): MembershipSpec => ({ type: 'triangular', parameters }));

const fullForm = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('triangular'), parameters: triangularParameters }),
    z.strictObject({ type: z.literal('trapezoidal'), parameters: trapezoidalParameters }),
    z.strictObject({ type: z.literal('gaussian'), parameters: gaussianParameters }),
  ],
  { error: 'a membership is {type: triangular, trapezoidal or gaussian, parameters: [...]}, or three numbers for a triangle' },
);

/** Stands for what a schema has no words of its own for: they are left to who reads a membership. */
const UNWORDED = '';

/**
 * A membership as a strategy writes it: `{type, parameters}`, or three bare numbers for a triangle.
 * Type names count in any case, with or without the suffix `mf`.
 */
export const membershipSchema: z.ZodType<MembershipSpec> = z.unknown().transform((input, context) => {
  const options = { error: () => UNWORDED, reportInput: true };
  const read = Array.isArray(input) ? shorthand.safeParse(input, options) : fullForm.safeParse(withPlainType(input), options);
  if (read.success) return read.data;
  for (const { message, ...issue } of read.error.issues) {
    context.issues.push((message === UNWORDED ? issue : { ...issue, message }) as z.core.$ZodRawIssue);
  }
  return z.NEVER;
});

function withPlainType(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('type' in input) || typeof input.type !== 'string') return input;
  return { ...input, type: input.type.toLowerCase().replace(/mf$/, '') };
}
