import type { Context } from 'hono';
import type { Uploads } from '../../shared/ports/index.ts';
import type { ResearchDeps } from '../../shared/research/start.ts';

/** An error that a caller saw only as an answer of 5xx, with everything there is to know about it. */
export interface ApiErrorEvent {
  /** Also in the answer, so that the two can be brought together. */
  readonly errorId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly error: Error;
}

/** What the HTTP API needs from its host. */
export interface ApiDeps extends ResearchDeps {
  /** How files that are too large for a request to the API get into the store. */
  readonly uploads: Uploads;
  /** Version of the product. */
  readonly version: string;
  /** Who asks; idempotency keys of different callers are different keys. */
  readonly callerOf: (context: Context) => string;
  /** Receives every error that was answered with 5xx. */
  readonly log: (event: ApiErrorEvent) => void;
}
