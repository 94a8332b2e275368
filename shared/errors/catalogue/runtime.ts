import { area, failure } from '../failure.ts';

/** Failures of stores, of the state machine's host, and of requests that name what does not exist. */
export const runtimeFailures = area({ steps: ['trigger', 'train', 'backtest', 'record', 'settle'], retry: 'as_is' }, {
  OBJECT_KEY_INVALID: failure(
    'StorageError',
    (f: { key: string }) => `"${f.key}" is not an object key.`,
    'Keys are paths of plain names below memory/ or market-data/.',
    { retry: 'never' },
  ),
  OBJECT_READ_FAILED: failure(
    'StorageError',
    (f: { key: string; reason: string }) => `The object ${f.key} could not be read: ${f.reason}.`,
    'Check that the store is reachable and readable, then retry the operation.',
    { steps: ['trigger', 'train', 'backtest', 'record', 'settle', 'read'] },
  ),
  OBJECT_WRITE_FAILED: failure(
    'StorageError',
    (f: { key: string; reason: string }) => `The object ${f.key} could not be written: ${f.reason}.`,
    'Check the free space and the permissions of the store, then retry the operation.',
  ),
  OPERATION_STORE_FAILED: failure(
    'StorageError',
    (f: { action: string; key: string; reason: string }) => `The operation store could not ${f.action} ${f.key}: ${f.reason}.`,
    'Check that the store is reachable, then retry the operation.',
    { steps: ['trigger', 'train', 'backtest', 'record', 'settle', 'read'] },
  ),
  WORKFLOW_FAILED: failure(
    'StorageError',
    (f: { action: string; operation_id: string; reason: string }) =>
      `The state machine could not ${f.action} the execution of ${f.operation_id}: ${f.reason}.`,
    'Retry the request; if it fails again, look at the state machine in the console.',
    { steps: ['trigger', 'settle'] },
  ),
  NEVER_STARTED: failure(
    'StorageError',
    (f: { operation_id: string; minutes: number }) =>
      `The execution of operation ${f.operation_id} does not exist ${f.minutes} minutes after its trigger: it was never started, or was deleted.`,
    'Start the research again with a retry of the operation.',
    { steps: ['settle'] },
  ),
  ANNOUNCEMENT_FAILED: failure(
    'StorageError',
    (f: { operation_id: string; reason: string }) => `The failure of operation ${f.operation_id} could not be announced: ${f.reason}.`,
    'It is tried again with each sweep; look at the permissions of the reconcile function if it goes on.',
    { steps: ['settle'] },
  ),
  SWEEP_INCOMPLETE: failure(
    'StorageError',
    (f: { failures: readonly string[] }) => `The sweep could not finish with all operations. ${f.failures.join(' ')}`,
    'It is repeated every 4 minutes; act on the failures it names if they go on.',
    { steps: ['settle'] },
  ),
  STEP_OUT_OF_TIME: failure(
    'PipelineError',
    (f: { step: string; limitSeconds: number }) => `The ${f.step} step was still at work when the ${f.limitSeconds} s it may take were nearly over, and was stopped.`,
    'Shorten the date range, choose a longer timeframe or fewer symbols, or train fewer epochs or a smaller network; then start again.',
    { steps: ['train', 'backtest', 'record'], retry: 'never' },
  ),
  ENVIRONMENT_INVALID: failure(
    'PipelineError',
    (f: { problems: readonly string[] }) => `The environment of the function is not as it must be: ${f.problems.join('; ')}.`,
    'Deploy the stack again, unchanged.',
    { steps: ['host'], retry: 'after_mending' },
  ),
  DEFAULT_STRATEGY_MISSING: failure(
    'StorageError',
    (f: { name: string; key: string }) => `The default strategy ${f.name} is not stored: there is no ${f.key}.`,
    'Store a strategy under that name, or name another with each trigger.',
    { steps: ['trigger'], retry: 'after_mending' },
  ),
  ARTEFACT_MISSING: failure(
    'StorageError',
    (f: { key: string; step: string }) => `The ${f.step} step needs ${f.key}, which is not there.`,
    'Something removed it between two steps: keep memory/runs untouched while an operation runs, then retry the operation.',
    { steps: ['train', 'backtest', 'record'] },
  ),
  ARTEFACT_INVALID: failure(
    'StorageError',
    (f: { key: string; step: string; reason: string }) => `The ${f.step} step cannot use ${f.key}: ${f.reason}.`,
    'Something changed it between two steps: keep memory/runs untouched while an operation runs, then retry the operation.',
    { steps: ['train', 'backtest', 'record'] },
  ),
  ARTEFACT_CHANGED: failure(
    'StorageError',
    (f: { key: string; step: string; expected: string; actual: string }) =>
      `The ${f.step} step found ${f.key} changed since training: its SHA-256 is ${f.actual}, not ${f.expected}.`,
    'Keep memory/runs untouched while an operation runs, then retry the operation.',
    { steps: ['backtest', 'record'] },
  ),
  ARTEFACT_OF_ANOTHER_RUN: failure(
    'StorageError',
    (f: { key: string; step: string; operation_id: string; model_sha256: string }) =>
      `The ${f.step} step found in ${f.key} what operation ${f.operation_id} made with the model of SHA-256 ${f.model_sha256}, which is not this run's.`,
    'Keep memory/runs untouched while an operation runs, then retry the operation.',
    { steps: ['backtest', 'record'] },
  ),
  OUTCOME_CONTRADICTED: failure(
    'StorageError',
    (f: { location: string; told: string; found: string }) =>
      `The record step was told that the run ended as ${f.told}; by the gates' verdicts in ${f.location} it ended as ${f.found}.`,
    'Keep memory/runs untouched while an operation runs, then retry the operation. If nobody has changed anything there, report this as a defect.',
    { steps: ['record'] },
  ),
  EXPERIMENT_DIFFERS: failure(
    'StorageError',
    (f: { key: string; operation_id: string }) =>
      `An earlier attempt of the record step of ${f.operation_id} has written ${f.key}, and this attempt would write it differently: what it is made of has changed between them.`,
    'The file is removed with the operation that failed. Retry the operation.',
    { steps: ['record'] },
  ),
  EXPERIMENT_CONFLICT: failure(
    'StorageError',
    (f: { key: string }) => `${f.key} exists already with other content, so the experiment was not written.`,
    'Move that file away, then retry the operation.',
    { steps: ['record'] },
  ),
  OPERATION_SETTLED: failure(
    'OperationSettledError',
    (f: { operation_id: string; status: string; step: string }) =>
      `The ${f.step} step found operation ${f.operation_id} ${f.status}, and ended without work.`,
    'Nothing is to be done: whoever settled the operation has recorded why.',
    { steps: ['train', 'backtest', 'record'], retry: 'never' },
  ),
  STEP_INPUT_INVALID: failure(
    'StorageError',
    (f: { step: string; reason: string }) => `The ${f.step} step was started with input it cannot use: ${f.reason}.`,
    'Start researches through the API: the state machine passes the input on.',
    { steps: ['train', 'backtest', 'record', 'settle'], retry: 'never' },
  ),
  STEP_OUTPUT_INVALID: failure(
    'StorageError',
    (f: { step: string; reason: string }) => `The output of the ${f.step} step cannot be passed on: ${f.reason}.`,
    'This is a defect of Tocsin: report it with the operation id.',
    { steps: ['train', 'backtest', 'record'], retry: 'never' },
  ),
  INTERRUPTED: failure(
    'StorageError',
    (f: { operation_id: string }) => `The server that ran operation ${f.operation_id} stopped before the operation ended.`,
    'Start the research again with a retry of the operation.',
    { steps: ['settle'] },
  ),
  MEMORY_OWNED: failure(
    'StorageError',
    (f: { folder: string; owner: string }) => `The memory folder ${f.folder} is in use by ${f.owner}.`,
    'Wait until that process has ended, or choose another folder with --memory; a server can also be reached with --endpoint.',
    { steps: ['host'], retry: 'after_mending' },
  ),
  MEMORY_UNUSABLE: failure(
    'StorageError',
    (f: { folder: string; reason: string }) => `The memory folder ${f.folder} cannot be used: ${f.reason}.`,
    'Choose a folder that you may write to with --memory.',
    { steps: ['host'], retry: 'after_mending' },
  ),
  OPERATION_ID_TAKEN: failure(
    'StorageError',
    (f: { operation_id: string }) => `The new operation drew the id ${f.operation_id}, which another one has already.`,
    'Nothing was started: send the request again.',
    { steps: ['trigger'] },
  ),
  TRIGGER_NOT_UNDONE: failure(
    'StorageError',
    (f: { operation_id: string; reason: string }) =>
      `The research ${f.operation_id} could not be started (${f.reason}), and what was prepared for it could not be taken back.`,
    'It is settled as failed, or its slot freed, within 10 minutes, or when the server starts again: then send the request again.',
    { steps: ['trigger'] },
  ),
  EXPERIMENT_UNREADABLE: failure(
    'StorageError',
    (f: { key: string; reason: string }) => `The experiment ${f.key} cannot be read: ${f.reason}.`,
    'Restore the file from a copy, or run the research again with a retry of its operation.',
    { steps: ['read'], retry: 'after_mending' },
  ),
});
