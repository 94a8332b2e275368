interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What a schema complains of, `results.test_accuracy: must be a number`; of the whole value without a path. */
export function issueText({ path, message }: Issue): string {
  return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
}

/** All that a schema complains of, in one line. */
export function issuesText({ issues }: { readonly issues: readonly Issue[] }): string {
  return issues.map(issueText).join('; ');
}
