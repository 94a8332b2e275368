/** An answer of 4xx or 5xx, as far as it tells why. */
export interface RefusedAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** The server's time, from the header Date. */
  readonly date: Date | null;
}

/** AWS takes signatures of the last 5 minutes; a clock that is off by more than this is what went wrong. */
const LARGEST_SKEW_MS = 4 * 60_000;

/**
 * What to do about a request that API Gateway did not let pass; null for other answers.
 * @param region the region that the request was signed for, null where it was not signed
 */
export function authorizationGuidance({ status, code, message, date }: RefusedAnswer, region: string | null, now: Date): string | null {
  if (status === 401) return 'The API takes tokens of its user pool, which this program does not send: it works with an API that was deployed for IAM (the default).';
  if (status !== 403) return null;
  const said = (words: RegExp) => words.test(`${code} ${message}`);
  if (region === null) {
    return 'The request was not signed. If the server wants AWS signatures, give its region with --sign-region; addresses of API Gateway itself need no such option.';
  }
  const skew = date === null ? 0 : now.getTime() - date.getTime();
  if (Math.abs(skew) > LARGEST_SKEW_MS) {
    return `The clock of this machine is ${Math.round(Math.abs(skew) / 60_000)} minutes ${skew > 0 ? 'ahead of' : 'behind'} the server's, and a signature holds for 5: set the clock.`;
  }
  if (said(/signature expired|not yet current/i)) return 'The signature was too old or too new when it arrived: set the clock of this machine.';
  if (said(/expired/i)) return 'The AWS credentials have expired: get new ones (for single sign-on, run `aws sso login`), then repeat the command.';
  if (said(/missing.authentication.token/i)) {
    return 'API Gateway says this too where it knows no such path: give the whole address with its stage, https://<id>.execute-api.<region>.amazonaws.com/<stage>.';
  }
  if (said(/security token|unrecognizedclient|invalidclienttokenid/i)) return 'AWS does not know this access key: check which credentials are set (`aws sts get-caller-identity`).';
  if (said(/signature/i)) {
    return `The signature does not match: check that the secret access key is whole, and that the API is in ${region}, the region that was signed for.`;
  }
  return 'The credentials are valid, but may not do this: allow their user or role the action execute-api:Invoke on this API (`aws sts get-caller-identity` names it).';
}
