import { randomUUID } from 'node:crypto';
import { z, type Hook } from '@hono/zod-openapi';
import type { Context, Env, ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { mayPass, PipelineError } from '../../shared/errors/index.ts';
import { printable } from '../../shared/printable.ts';
import type { ApiDeps } from './deps.ts';
import { type CodeOf, codesText, INTERNAL_SERVER_ERROR, SERVER_CODES } from './refusals.ts';

const detailSchema = z.strictObject({
  field: z.string().openapi({ description: 'Where: `body -> seed`, `query -> limit`.', example: 'body -> strategy -> indicators.rsi_14.type' }),
  message: z.string(),
  type: z.string().openapi({ description: 'Kind of the problem.', example: 'invalid_type' }),
});
export type ErrorDetail = z.infer<typeof detailSchema>;

const factsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

function bodyWith<C extends z.ZodType<string>>(code: C) {
  return z.strictObject({
    success: z.literal(false),
    error: z.strictObject({
      code,
      message: z.string(),
      details: z.union([z.array(detailSchema), factsSchema]).openapi({ description: 'Each field that is wrong, or the facts of the case.' }),
    }),
  });
}

/** The body of every answer of 4xx, but for the refusals of `/agent/trigger` and `/agent/cancel`. */
const errorSchema = bodyWith(z.string().openapi({ example: 'VALIDATION_ERROR' })).openapi('Error');

/** The bodies of answers of 5xx, with the codes that each can have. */
const SERVER_ERRORS = {
  500: bodyWith(z.enum(SERVER_CODES[500])).openapi('ServerFault'),
  503: bodyWith(z.enum(SERVER_CODES[503])).openapi('ServerUnavailable'),
} as const;

const MEANINGS = {
  400: 'The request cannot be read, or the state of the operation does not allow it.',
  403: 'The request comes from a page of another site.',
  404: 'There is no such thing.',
  405: 'The path does not know this method.',
  409: 'The present state does not allow it.',
  413: 'The body is larger than 256 KB.',
  415: 'The body is not JSON.',
  422: 'The request is readable but wrong: `details` names each field and the reason.',
  500: 'A fault of the server, which repeating the request does not mend; it has logged it under the error id in `details`.',
  503: 'Something that may pass, such as a store that could not be reached: repeat the request later.',
} as const;
type ErrorStatus = keyof typeof MEANINGS;

interface ErrorResponse {
  readonly description: string;
  readonly content: { readonly 'application/json': { readonly schema: typeof errorSchema | (typeof SERVER_ERRORS)[500 | 503] } };
}

/** Descriptions of error answers for a route; 500 and 503 can come from every route. */
export function errorResponses<const S extends readonly ErrorStatus[]>(...statuses: S): Readonly<Record<S[number] | 500 | 503, ErrorResponse>> {
  const every: readonly ErrorStatus[] = [...statuses, 500, 503];
  return Object.fromEntries(
    every.map((status) => [status, { description: `${MEANINGS[status]} ${codesText(status)}`, content: { 'application/json': { schema: schemaOf(status) } } }]),
  ) as Record<S[number] | 500 | 503, ErrorResponse>;
}

function schemaOf(status: ErrorStatus) {
  return status === 500 || status === 503 ? SERVER_ERRORS[status] : errorSchema;
}

/** An answer of 4xx or 5xx that a handler throws. */
export class ApiError<S extends ErrorStatus = ErrorStatus> extends Error {
  override name = 'ApiError' as const;
  readonly status: S;
  readonly code: string;
  readonly details: ErrorDetail[] | z.infer<typeof factsSchema>;

  constructor(status: S, code: CodeOf<S>, message: string, details: ApiError['details'] = {}, options?: ErrorOptions) {
    super(printable(message), options);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

// Requests may name as many fields, and as long ones, as a body holds; an answer is for reading.
const MOST_DETAILS = 100;
const LONGEST_DETAIL = 2_000;
const LONGEST_MESSAGE = 8_000;

const cut = (text: string, longest: number): string => (text.length > longest ? `${text.slice(0, longest)}...` : text);
const readable = (text: string): string => cut(printable(cut(text, LONGEST_DETAIL)), LONGEST_DETAIL);

/** The refusal of a request whose fields are wrong; what is too much to read is cut. */
export function validationError(details: ErrorDetail[]): ApiError {
  const told = details.slice(0, MOST_DETAILS).map(({ field, message, type }) => ({ field: readable(field), message: readable(message), type }));
  if (details.length > told.length) told.push({ field: 'request', message: `has ${details.length - told.length} more problems, which are not listed`, type: 'too_many' });
  const listed = told.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new ApiError(422, 'VALIDATION_ERROR', cut(`The request is not valid. ${listed}`, LONGEST_MESSAGE), told);
}

const PLACES = { json: 'body', form: 'body', query: 'query', param: 'path', header: 'header', cookie: 'cookie' } as const;

/** Refuses what a route's schemas do not admit, naming every field. */
export const refuseInvalid: Hook<unknown, Env, string, void> = (result) => {
  if (result.success) return;
  throw validationError(
    result.error.issues.flatMap((issue): ErrorDetail[] => {
      const place = [PLACES[result.target], ...issue.path.map(String)];
      if (issue.code !== 'unrecognized_keys') return [{ field: place.join(' -> '), message: issue.message, type: issue.code }];
      return issue.keys.map((key) => ({ field: [...place, key].join(' -> '), message: 'is not known here', type: issue.code }));
    }),
  );
};

/** Renders whatever a handler throws; what is answered with 5xx is logged. */
export function errorHandler(log: ApiDeps['log']): ErrorHandler {
  return (error, c) => {
    const known = toApiError(error);
    if (known.status < 500) return errorAnswer(c, known);
    const errorId = randomUUID();
    log({ errorId, method: c.req.method, path: c.req.path, status: known.status, error });
    return errorAnswer(c, known, { error_id: errorId });
  };
}

/** The answer that an error makes. */
export function errorAnswer(c: Context, { status, code, message, details }: ApiError, more: Readonly<Record<string, string>> = {}) {
  const shown = Array.isArray(details) ? details : { ...details, ...more };
  return c.json({ success: false, error: { code, message, details: shown } }, status);
}

function toApiError(error: Error): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof HTTPException && error.status === 415) {
    return new ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be JSON: send the header `Content-Type: application/json`.');
  }
  if (error instanceof PipelineError) return new ApiError(mayPass(error) ? 503 : 500, error.code, error.message);
  return new ApiError(500, INTERNAL_SERVER_ERROR, 'The server failed on this request. It has logged the fault under the error id in `details`: report it with that id.');
}
