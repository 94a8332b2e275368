import { z } from 'zod';

const VERDICTS = ['promising', 'neutral', 'poor'] as const;
export type Verdict = (typeof VERDICTS)[number];

const figure = z.number().nullable();

/** The figures that an assessment rests on; shares as fractions. One that is undefined is null, with its reason in `undefined_figures`. */
const figuresSchema = z.strictObject({
  /** Test accuracy; for a regression the directional accuracy. */
  accuracy: figure,
  /** The accuracy of the best constant answer on the same rows; before rules 2, of the answer most frequent in training. */
  baseline: figure,
  /** accuracy - baseline. */
  edge: figure,
  /** Independent labels that the test rows are worth. */
  effective_rows: figure,
  /** edge / sqrt(baseline (1 - baseline) / effective_rows). */
  edge_z: figure,
  /** Validation accuracy at the epoch that was kept - test accuracy. */
  validation_test_gap: z.number(),
  /** After costs, as a share of the capital. */
  net_return: figure,
  buy_and_hold_return: figure,
  /** net_return / largest drawdown. */
  return_per_drawdown: figure,
  buy_and_hold_return_per_drawdown: figure,
  sharpe_ratio: figure,
  trades: figure,
});

/** What a result is worth, by fixed rules: `shared/evaluation/assess.ts`. */
export const assessmentSchema = z
  .strictObject({
    /** Version of the rules. */
    rules: z.int().min(1),
    verdict: z.enum(VERDICTS),
    /** The sentence that decided it. */
    reason: z.string(),
    /** Whether the model does much better on the rows it was chosen by than on those it had not seen. */
    overfit: z.boolean(),
    figures: figuresSchema,
    undefined_figures: z.record(z.string(), z.string()),
    strengths: z.array(z.string()),
    weaknesses: z.array(z.string()),
  })
  .refine(
    ({ figures, undefined_figures: reasons }) =>
      Object.entries(figures).every(([name, value]) => (value === null) === Object.hasOwn(reasons, name)) &&
      Object.keys(reasons).every((name) => Object.hasOwn(figures, name)),
    { error: 'undefined_figures must give a reason for every figure that is null, and for no other' },
  );
export type Assessment = z.infer<typeof assessmentSchema>;
export type AssessmentFigure = keyof Assessment['figures'];
