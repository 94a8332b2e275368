/** What an AWS client's error says, in a form for a failure's message: `ThrottlingException: Rate exceeded`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
