type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** How an execution stands, as DescribeExecution tells it. */
export interface Execution {
  readonly status: ExecutionStatus;
  readonly error: string | null;
  readonly cause: string | null;
  readonly stoppedAt: Date | null;
}

/** The state machine of the research cycle. Methods throw StorageError where the service cannot tell. */
export interface Workflows {
  /** Starts the execution named after the operation; a second start of the same name gives the same execution. */
  start(operationId: string): Promise<{ readonly executionArn: string }>;
  /** Aborts it; no error where it has ended already. */
  stop(operationId: string, reason: string): Promise<void>;
  /** Null where no such execution exists. */
  describe(operationId: string): Promise<Execution | null>;
}
