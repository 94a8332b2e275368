import type { FailureCode } from '../../../shared/errors/catalogue/index.ts';

/** A test elsewhere that makes the failure happen, through the door that it comes out of. */
interface Reference {
  readonly file: string;
  /** As the file has it, placeholders included. */
  readonly title: string;
}

/** Failures that no run of this folder's scenarios ends with: of hosts, triggers, sweeps, commands and reads. */
export const COVERED_ELSEWHERE: Partial<Record<FailureCode, Reference>> = {
  OPERATION_SETTLED: {
    file: 'test/e2e/faults/recorder.test.ts',
    title: 'before the %s step: OPERATION_SETTLED ends the execution, which nobody could stop, and the ending stays',
  },
  DATA_FILE_NAME_INVALID: { file: 'cli/push.test.ts', title: 'uploads nothing at all where there is %s' },
  OBJECT_KEY_INVALID: { file: 'cli/push.test.ts', title: 'uploads nothing at all where there is %s' },
  CONTEXT_FILE_NAME_INVALID: { file: 'cli/commands/data.test.ts', title: 'describes context files, and says of one that cannot be used in which line' },
  HYPOTHESES_UNREADABLE: { file: 'functions/api/hypotheses.test.ts', title: 'in a damaged file are a fault of the server that names the field, and nothing is written over it' },
  HYPOTHESES_CONTENDED: { file: 'test/e2e/faults/requests.test.ts', title: 'that others change during every attempt are left to them, and the caller is told to come again' },
  IMPORTED_EXPERIMENT_UNREADABLE: { file: 'functions/api/imports.test.ts', title: 'that are damaged are named in the list, and a fault of the server when asked for' },
  EXPERIMENT_UNREADABLE: { file: 'functions/api/experiments.test.ts', title: 'of a damaged or missing file is a fault of the server that names the file' },
  WORKFLOW_FAILED: { file: 'functions/api/agent.test.ts', title: 'frees the slot even where the execution cannot be stopped, and says so' },
  OPERATION_ID_TAKEN: { file: 'shared/research/trigger.test.ts', title: 'on an id that another operation has touches nothing of the other' },
  TRIGGER_NOT_UNDONE: { file: 'shared/research/trigger.test.ts', title: 'says so where it cannot even take back what it did' },
  DEFAULT_STRATEGY_MISSING: { file: 'functions/bundles.test.ts', title: 'answer what they cannot do with its code and words and log it as one line with the reason' },
  ENVIRONMENT_INVALID: { file: 'functions/bundles.test.ts', title: '%s without its environment is refused by name, before any request' },
  STEP_INPUT_INVALID: { file: 'functions/reconcile/handler.test.ts', title: 'refuses %s' },
  STEP_OUTPUT_INVALID: { file: 'functions/invoke-step.test.ts', title: 'with an output that JSON would change fails' },
  STEP_OUT_OF_TIME: { file: 'functions/invoke-step.test.ts', title: 'is stopped with a reason shortly before its time is over' },
  NEVER_STARTED: { file: 'shared/research/sweep.test.ts', title: 'an operation whose execution %s, whatever it had reached' },
  SWEEP_INCOMPLETE: { file: 'shared/research/sweep.test.ts', title: 'an operation that cannot be dealt with is named, and keeps the sweep from nothing else' },
  ANNOUNCEMENT_FAILED: { file: 'shared/research/reconcile.test.ts', title: 'a failure that could not be announced is settled all the same, and announced by the next event' },
  INTERRUPTED: {
    file: 'test/e2e/restart.test.ts',
    title: 'a server that was killed while it trained is started again: the operation is failed as interrupted, finished ones are there',
  },
  MEMORY_OWNED: { file: 'local/memory-owner.test.ts', title: 'a second owner is refused, with the first one named, in this process and from another' },
  MEMORY_UNUSABLE: { file: 'local/server.test.ts', title: 'a memory folder that cannot be used leaves the port free' },
};
