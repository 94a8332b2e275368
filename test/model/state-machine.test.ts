import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import { installPromiseWithResolvers } from '../../local/node-compat.ts';
import { type Ending, interpret, researchCycle, TaskError } from './state-machine.ts';

installPromiseWithResolvers();
const DEFINITION = researchCycle();
const TASKS = Object.entries(DEFINITION.States).flatMap(([name, { Type }]) => (Type === 'Task' ? [name] : []));
const NO_WAITS = Object.fromEntries(TASKS.map((name) => [name, 0]));

/** Answers of the functions: what the gates say. */
interface Verdicts {
  readonly training: boolean;
  readonly signals: boolean;
  readonly backtest: boolean;
}

/** Calls of one run, with what each was given; and how it ended. */
interface Run {
  readonly calls: readonly (readonly [task: string, input: unknown])[];
  readonly ending: Ending;
}

/** A task's answer, or its error as long as `failures` names one. */
function answers(verdicts: Verdicts, failures: Readonly<Record<string, readonly string[]>>) {
  const calls: [string, unknown][] = [];
  const made = new Map<string, number>();
  const answer = async (name: string, input: unknown): Promise<object> => {
    calls.push([name, input]);
    const attempt = made.get(name) ?? 0;
    made.set(name, attempt + 1);
    const errors = failures[name] ?? [];
    const error = errors[Math.min(attempt, errors.length - 1)];
    if (error !== undefined && error !== 'none') throw new TaskError(error, `${name} ${attempt}: ${error}`);
    if (name === 'Train') return { Payload: { gate: { passed: verdicts.training, reason: 'r' }, signals: verdicts.signals } };
    if (name === 'Backtest') return { Payload: { gate: { passed: verdicts.backtest, reason: 'r' } } };
    return { Payload: { experiment_id: 'e' } };
  };
  return { calls, answer };
}

const INPUT = { operation_id: 'op' };

async function ours(verdicts: Verdicts, failures: Readonly<Record<string, readonly string[]>>): Promise<Run> {
  const { calls, answer } = answers(verdicts, failures);
  const ending = await interpret(DEFINITION, INPUT, { task: (name, _state, input) => answer(name, input), retry: () => Promise.resolve() });
  return { calls, ending };
}

async function theirs(verdicts: Verdicts, failures: Readonly<Record<string, readonly string[]>>): Promise<Run> {
  const { calls, answer } = answers(verdicts, failures);
  const machine = new StateMachine(DEFINITION as unknown as StateMachineDefinition, { validationOptions: { noValidate: true } });
  const handlers = Object.fromEntries(TASKS.map((name) => [name, (input: unknown) => answer(name, input)]));
  const run = machine.run(INPUT, { overrides: { taskResourceLocalHandlers: handlers as never, retryIntervalOverrides: NO_WAITS } });
  const ending = await run.result.then(
    (): Ending => ({ status: 'SUCCEEDED' }),
    (error: unknown): Ending => {
      const cause = (error as Error).cause as Error;
      return { status: 'FAILED', error: cause.name, cause: cause.message };
    },
  );
  return { calls, ending };
}

const PASSED: Verdicts = { training: true, signals: true, backtest: true };

test.each([
  PASSED,
  { ...PASSED, backtest: false },
  { ...PASSED, signals: false },
  { ...PASSED, training: false },
])('walks the cycle as the embedded interpreter does, gates %j', async (verdicts) => {
  const run = await ours(verdicts, {});
  expect(run.ending).toEqual({ status: 'SUCCEEDED' });
  expect(run).toEqual(await theirs(verdicts, {}));
});

/** One error of each kind that the definition tells apart, and some that it does not name. */
const ERRORS = [
  ...new Set(Object.values(DEFINITION.States).flatMap(({ Catch = [], Retry = [] }) => [...Catch, ...Retry].flatMap(({ ErrorEquals }) => ErrorEquals))),
  'TypeError',
  'DynamoDB.ValidationException',
].filter((error) => error !== 'States.ALL');

test.each(TASKS.filter((name) => name !== 'RecordFailure'))('%s: fails, retries and catches as the embedded interpreter does, on every error', async (name) => {
  for (const error of ERRORS) {
    for (const failures of [{ [name]: [error] }, { [name]: [error, 'none'] }, { [name]: [error], RecordFailure: ['DynamoDB.ThrottlingException'] }, { [name]: [error], RecordFailure: ['TypeError'] }]) {
      expect(await ours(PASSED, failures), `${error} ${JSON.stringify(failures)}`).toEqual(await theirs(PASSED, failures));
    }
  }
});
