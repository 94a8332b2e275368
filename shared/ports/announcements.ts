import type { RetryHelp } from '../errors/failure.ts';

/** What is told of a failed operation, in the words of its API form. */
export interface OperationFailure {
  readonly operation_id: string;
  readonly status: 'failed';
  readonly error_type: string;
  /** Null for errors that are not in the failure catalogue. */
  readonly error_code: string | null;
  readonly failed_step: string | null;
  readonly message: string;
  /** What to do; null for a code that this version does not know. */
  readonly guidance: string | null;
  /** Whether a retry of the operation can help. */
  readonly retry: RetryHelp | null;
}

/** Tells people and programs outside what has happened. */
export interface Announcements {
  /** Tells of a failed operation; the same one may be told of more than once. Throws StorageError where it could not be told. */
  operationFailed(failure: OperationFailure): Promise<void>;
}
