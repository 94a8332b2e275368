import { S3ServiceException } from '@aws-sdk/client-s3';

/** What an AWS client's error says, in a form for a failure's message: `ThrottlingException: Rate exceeded`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // An answer without a body, as S3 gives to HEAD, names no error.
  if (error instanceof S3ServiceException && error.message === 'UnknownError') return `an answer of status ${error.$metadata.httpStatusCode}`;
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
