/** What an error says, in its own words; of a thrown value that is no error, its text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the innermost cause says: the outer errors often repeat it, or hide it. */
export function rootMessageOf(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return messageOf(at);
}
