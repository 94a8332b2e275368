import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { STEP_FUNCTIONS, type StepFunction } from '../functions/step-functions.ts';
import definition from '../infra/research-cycle.asl.json' with { type: 'json' };
import { LOCAL_TABLE } from './embedded-dynamodb.ts';
import { InvocationError } from './function-host.ts';
import { installPromiseWithResolvers } from './node-compat.ts';

installPromiseWithResolvers();

const LAMBDA_INVOKE = 'arn:aws:states:::lambda:invoke';
const UPDATE_ITEM = 'arn:aws:states:::dynamodb:updateItem';

/** What the placeholders of the definition stand for on this machine; on AWS they are ARNs and the table's name. */
const SUBSTITUTIONS: Readonly<Record<string, string>> = {
  TrainFunctionArn: 'train',
  BacktestFunctionArn: 'backtest',
  RecordFunctionArn: 'record',
  OperationsTableName: LOCAL_TABLE,
};

/** Invokes a step function; rejects with InvocationError. */
export type FunctionInvoker = (name: StepFunction, event: unknown, signal: AbortSignal) => Promise<unknown>;

type TaskHandler = (input: unknown) => Promise<unknown>;

interface LambdaInvokeParameters {
  readonly FunctionName: string;
  readonly Payload: unknown;
}

interface TaskState {
  readonly Type: string;
  readonly Resource?: string;
}

/** The deployed definition with this machine's substitutions. */
function loadDefinition(): StateMachineDefinition & { readonly States: Readonly<Record<string, TaskState>> } {
  const text = JSON.stringify(definition).replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = SUBSTITUTIONS[name];
    if (value === undefined) throw new Error(`The state machine's placeholder ${name} has no value.`);
    return value;
  });
  return JSON.parse(text);
}

/** A run of the state machine under way. */
export interface StateMachineRun {
  readonly result: Promise<unknown>;
  readonly events: AsyncGenerator<object>;
  abort(): void;
}

/** Runs the research cycle's definition with local functions and an embedded table behind its Task states. */
export class ResearchStateMachine {
  readonly #definition = loadDefinition();
  // The definition is validated by its tests, once, rather than at each start.
  readonly #machine = new StateMachine(this.#definition, { validationOptions: { noValidate: true } });
  readonly #invoke: FunctionInvoker;
  readonly #dynamoDb: DynamoDBClient;

  constructor(invoke: FunctionInvoker, dynamoDb: DynamoDBClient) {
    this.#invoke = invoke;
    this.#dynamoDb = dynamoDb;
  }

  run(input: { readonly operation_id: string }, signal: AbortSignal): StateMachineRun {
    const handlers: Record<string, TaskHandler> = {};
    for (const [name, state] of Object.entries(this.#definition.States)) {
      if (state.Type === 'Task') handlers[name] = this.#handlerFor(name, state.Resource, signal);
    }
    const run = this.#machine.run(input, { overrides: { taskResourceLocalHandlers: handlers as never } });
    return { result: run.result, events: run.eventLogs, abort: run.abort };
  }

  #handlerFor(name: string, resource: string | undefined, signal: AbortSignal): TaskHandler {
    if (resource === LAMBDA_INVOKE) return (input) => this.#invokeFunction(input as LambdaInvokeParameters, signal);
    if (resource === UPDATE_ITEM) return (input) => this.#updateItem(input as UpdateItemCommandInput);
    // Without a handler the interpreter would call the real service.
    throw new Error(`The Task state ${name} uses ${resource}, for which there is nothing local.`);
  }

  async #invokeFunction({ FunctionName, Payload }: LambdaInvokeParameters, signal: AbortSignal): Promise<object> {
    if (!isStepFunction(FunctionName)) throw new InvocationError('Lambda.ResourceNotFoundException', `Function not found: ${FunctionName}`);
    return { Payload: await this.#invoke(FunctionName, Payload, signal) };
  }

  async #updateItem(input: UpdateItemCommandInput): Promise<object> {
    try {
      await this.#dynamoDb.send(new UpdateItemCommand(input));
      return {};
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const cause = error instanceof ConditionalCheckFailedException ? 'The conditional request failed' : error.message;
      throw new InvocationError(`DynamoDB.${error.name}`, cause);
    }
  }
}

function isStepFunction(name: string): name is StepFunction {
  return (STEP_FUNCTIONS as readonly string[]).includes(name);
}
