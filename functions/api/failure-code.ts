import { z } from '@hono/zod-openapi';
import { explain, FAILURE_CODES } from '../../shared/errors/explain.ts';

/**
 * The code of a failure, described for readers of the API by the failure catalogue. Operations that another version has run may hold
 * others, and errors that are not in the catalogue have none.
 */
export const failureCodeSchema = z.string().openapi('FailureCode', {
  description: 'Code of a failure in the catalogue. Operations that another version of the server has run may hold other codes.',
  anyOf: [
    ...FAILURE_CODES.map((code) => {
      const { type, meaning, guidance, steps, retry } = explain(code);
      return { const: code, description: `${type}, in ${steps.map(({ name }) => name).join(', ')}. ${meaning} ${guidance} ${retry}` };
    }),
    { type: 'string', description: 'A code of another version.' },
  ],
});
