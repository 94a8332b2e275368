import { readFileSync } from 'node:fs';

/** A definition in the Amazon States Language, as far as the research cycle uses it. */
export interface Definition {
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State>>;
}

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: Json;
  readonly ResultSelector?: Json;
  readonly ResultPath?: string | null;
  readonly Result?: Json;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly ResultPath: string; readonly Next: string }[];
  readonly Choices?: readonly (Condition & { readonly Next: string })[];
  readonly Default?: string;
  readonly Next?: string;
  readonly ErrorPath?: string;
  readonly CausePath?: string;
}

interface Condition {
  readonly And?: readonly Condition[];
  readonly Variable?: string;
  readonly BooleanEquals?: boolean;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** An error as a state machine sees it: `name` is its Error, `message` its Cause. */
export class TaskError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/** What a state machine asks of its surroundings. */
export interface Surroundings {
  /** Performs a Task; rejects with TaskError. */
  task(name: string, state: State, input: unknown): Promise<unknown>;
  /** Waits for the next attempt of a Task. */
  retry(name: string): Promise<void>;
}

export type Ending = { readonly status: 'SUCCEEDED' } | { readonly status: 'FAILED'; readonly error: string; readonly cause: string };

/** The deployed definition, its placeholders replaced by their own names. */
export function researchCycle(): Definition {
  const text = readFileSync(new URL('../../infra/research-cycle.asl.json', import.meta.url), 'utf8');
  return JSON.parse(text.replaceAll(/\$\{(\w+)\}/g, '$1'));
}

/** Errors that no Catcher sees. */
const UNCATCHABLE = ['States.Runtime', 'States.DataLimitExceeded'];

/**
 * Runs a definition to its end. It waits for nothing but its surroundings, which so decide when each step of it is taken;
 * `state-machine.test.ts` holds it against the interpreter that the embedded runtime uses.
 */
export async function interpret({ StartAt, States }: Definition, input: object, surroundings: Surroundings): Promise<Ending> {
  let name = StartAt;
  let data = input as Json;
  try {
    for (;;) {
      const state = States[name];
      if (state === undefined) throw new TaskError('States.Runtime', `There is no state ${name}.`);
      switch (state.Type) {
        case 'Task': {
          ({ next: name, data } = await runTask(name, state, data, surroundings));
          break;
        }
        case 'Choice': {
          const chosen = state.Choices?.find((choice) => holds(choice, data))?.Next ?? state.Default;
          name = required(chosen, `${name} has no choice`);
          break;
        }
        case 'Pass': {
          data = place(data, state.ResultPath, state.Result ?? data);
          name = required(state.Next, `${name} has no Next`);
          break;
        }
        case 'Succeed':
          return { status: 'SUCCEEDED' };
        case 'Fail':
          throw new TaskError(textAt(data, required(state.ErrorPath, 'no ErrorPath')), textAt(data, required(state.CausePath, 'no CausePath')));
        default:
          throw new Error(`This interpreter knows no states of type ${state.Type}.`);
      }
    }
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    return { status: 'FAILED', error: error.name, cause: error.message };
  }
}

async function runTask(name: string, state: State, data: Json, surroundings: Surroundings): Promise<{ readonly next: string; readonly data: Json }> {
  const attempts = new Map<object, number>();
  for (;;) {
    try {
      const result = (await surroundings.task(name, state, filled(state.Parameters ?? data, data))) as Json;
      const selected = state.ResultSelector === undefined ? result : filled(state.ResultSelector, result);
      return { next: required(state.Next, `${name} has no Next`), data: place(data, state.ResultPath, selected) };
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      const retrier = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, error.name));
      const made = retrier === undefined ? 0 : (attempts.get(retrier) ?? 0);
      if (retrier !== undefined && made < retrier.MaxAttempts) {
        attempts.set(retrier, made + 1);
        await surroundings.retry(name);
        continue;
      }
      const catcher = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, error.name));
      if (catcher === undefined) throw error;
      return { next: catcher.Next, data: place(data, catcher.ResultPath, { Error: error.name, Cause: error.message }) };
    }
  }
}

function matches(errorEquals: readonly string[], error: string): boolean {
  return errorEquals.includes(error) || (errorEquals.includes('States.ALL') && !UNCATCHABLE.includes(error));
}

function holds({ And, Variable, BooleanEquals }: Condition, data: Json): boolean {
  if (And !== undefined) return And.every((condition) => holds(condition, data));
  return at(data, required(Variable, 'a condition has no Variable')) === BooleanEquals;
}

/** The template with each `"name.$": "$.path"` replaced by what the path leads to. */
function filled(template: Json, data: Json): Json {
  if (Array.isArray(template)) return template.map((entry: Json) => filled(entry, data));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => (key.endsWith('.$') ? [key.slice(0, -2), at(data, value as string)] : [key, filled(value, data)])),
  );
}

function at(data: Json, path: string): Json {
  let value: Json | undefined = data;
  for (const key of path.split('.').slice(1)) {
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, Json>)[key] : undefined;
    if (value === undefined) throw new TaskError('States.Runtime', `There is nothing at ${path}.`);
  }
  return value;
}

function textAt(data: Json, path: string): string {
  const text = at(data, path);
  if (typeof text !== 'string') throw new TaskError('States.Runtime', `What is at ${path} is no text.`);
  return text;
}

function place(data: Json, path: string | null | undefined, result: Json): Json {
  if (path === null) return data;
  if (path === undefined || path === '$') return result;
  return { ...(data as Record<string, Json>), [path.slice(2)]: result };
}

function required<T>(value: T | undefined, missing: string): T {
  if (value === undefined) throw new TaskError('States.Runtime', missing);
  return value;
}
