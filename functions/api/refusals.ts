import { FAILURE_CODES } from '../../shared/errors/explain.ts';
import { catalogued } from '../../shared/errors/fail.ts';

/** Why the API refuses a request, by status and code. */
const REFUSALS = {
  400: {
    BODY_INTERRUPTED: 'the body broke off',
    MALFORMED_JSON: 'the body is not JSON, not UTF-8, or nested too deeply',
    OPERATION_FINISHED: 'the operation has ended',
    OPERATION_NOT_RETRYABLE: 'only a failed or cancelled operation can be retried',
    UPLOAD_DIFFERS: 'the bytes are not those that the upload was granted for',
    UPLOAD_INCOMPLETE: 'the upload is shorter than it was granted for',
    UPLOAD_INTERRUPTED: 'the upload broke off',
  },
  403: {
    FOREIGN_ORIGIN: 'a page of another site asks',
    UPLOAD_NOT_GRANTED: 'nothing was granted at this address, or it is used up',
  },
  404: {
    NOT_FOUND: 'there is no such path',
    OPERATION_NOT_FOUND: 'there is no such operation',
    EXPERIMENT_NOT_FOUND: 'there is no such experiment',
    HYPOTHESIS_NOT_FOUND: 'there is no such hypothesis',
  },
  405: { METHOD_NOT_ALLOWED: 'the path does not know this method' },
  409: {
    AT_CAPACITY: 'as many researches are at work as may be',
    IDEMPOTENCY_KEY_REUSED: 'the key came before with another request',
    IN_PROGRESS: 'the same request is under way',
    OPERATION_NOT_CANCELLABLE: 'the operation is recording its experiment',
    STRATEGY_COPY_MISSING: "the run's copy of its strategy is gone",
    STRATEGY_EXISTS: 'another strategy has this name',
    HYPOTHESIS_TESTED_BEFORE: 'the experiment has tested this hypothesis before',
    IMPORT_CONFLICT: 'other content is stored under an id of the import',
  },
  413: {
    BODY_TOO_LARGE: 'the body is larger than 256 KB',
    UPLOAD_TOO_LARGE: 'the upload is longer than it was granted for',
  },
  415: { UNSUPPORTED_MEDIA_TYPE: 'the body is not JSON by its content type' },
  422: {
    VALIDATION_ERROR: '`details` names each field that is wrong, and the reason',
    STRATEGY_INVALID: '`details` names each problem of the strategy',
    STRATEGY_UNKNOWN: 'no strategy of this name is stored',
  },
} as const;

type RefusalStatus = keyof typeof REFUSALS;

/** Code of an answer of 503 while the local server is being stopped. */
export const SERVER_CLOSING = 'SERVER_CLOSING';

/** Code of an answer of 500 for what nobody foresaw. */
export const INTERNAL_SERVER_ERROR = 'INTERNAL_SERVER_ERROR';

const passing = (code: (typeof FAILURE_CODES)[number]): boolean => catalogued(code).retry === 'as_is';

/** The codes of answers of 5xx: those of the failure catalogue, by its word on whether a repetition can help, and one for what is not in it. */
export const SERVER_CODES = {
  500: [INTERNAL_SERVER_ERROR, ...FAILURE_CODES.filter((code) => !passing(code))],
  503: [SERVER_CLOSING, ...FAILURE_CODES.filter(passing)],
} as const;

/** The codes of a status. */
export type CodeOf<S extends RefusalStatus | 500 | 503> = S extends RefusalStatus ? keyof (typeof REFUSALS)[S] & string : string;

/** The codes of a status with what they mean, as text: `NOT_FOUND` (there is no such path). */
export function codesText(status: RefusalStatus | 500 | 503): string {
  if (status === 500) return `The code is one of the failure catalogue (\`FailureCode\`), or ${INTERNAL_SERVER_ERROR} for what nobody foresaw.`;
  if (status === 503) return `The code is one of the failure catalogue (\`FailureCode\`), or ${SERVER_CLOSING} while the local server is being stopped.`;
  const codes = Object.entries(REFUSALS[status]).map(([code, meaning]) => `\`${code}\` (${meaning})`);
  return `${codes.length === 1 ? 'The code is' : 'The codes are'} ${codes.join(', ')}.`;
}
