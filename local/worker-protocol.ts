import type { StepFunction } from '../functions/step-functions.ts';

/** How a worker process reaches the owner's stores. */
export interface WorkerConfig {
  readonly memory: string;
  readonly data: string;
  readonly dynamoDbEndpoint: string;
}

export type ToWorker =
  | {
      readonly type: 'invoke';
      readonly id: number;
      readonly function: StepFunction;
      readonly event: unknown;
      readonly progressIntervalMs: number;
      /** After this the owner ends the worker. */
      readonly timeoutMs: number;
    }
  | { readonly type: 'abort'; readonly id: number };

/** What Lambda hands on of a thrown error. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: FunctionError };
