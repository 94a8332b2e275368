import { CommandExit } from './exit.ts';

/** Exit statuses of every command. */
export const EXIT = {
  done: 0,
  /** Failed, cancelled, or refused for what is outside the command line. */
  failed: 1,
  /** Bad usage or an invalid strategy; nothing was started. */
  usage: 2,
} as const;

interface RefusalDetails {
  /** What to do now; null where the message says it. */
  readonly guidance?: string | null;
  /** @default EXIT.failed */
  readonly exitCode?: 1 | 2;
  /** Code of the API's answer. */
  readonly code?: string | null;
  /** Single problems, `place: reason`. */
  readonly problems?: readonly string[];
  /** Whether the same request may well succeed a moment later. */
  readonly transient?: boolean;
  readonly cause?: unknown;
}

/** A request that the program turns down for a foreseen reason: told to the person in full, without a stack. */
export class Refusal extends CommandExit {
  readonly guidance: string | null;
  readonly code: string | null;
  readonly problems: readonly string[];
  readonly transient: boolean;

  constructor(message: string, { guidance = null, code = null, exitCode = EXIT.failed, problems = [], transient = false, cause }: RefusalDetails = {}) {
    super(exitCode, message, cause === undefined ? undefined : { cause });
    this.guidance = guidance;
    this.code = code;
    this.problems = problems;
    this.transient = transient;
  }
}
