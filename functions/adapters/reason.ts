/** What an AWS client's error says, in a form for a failure's message: `ThrottlingException: Rate exceeded`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // An answer without a body, as S3 gives to HEAD, names no error.
  if (error.message === 'UnknownError' && '$metadata' in error) return `an answer of status ${statusOf(error.$metadata)}`;
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}

function statusOf(metadata: unknown): number | 'unknown' {
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return 'unknown';
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : 'unknown';
}
