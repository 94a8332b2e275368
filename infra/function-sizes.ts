/** The functions of the stack. */
export const FUNCTION_NAMES = ['api', 'train', 'backtest', 'record', 'reconcile'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

export interface FunctionSize {
  /** Memory, MB. Lambda gives processor time in proportion: 1,769 MB is one whole virtual processor. */
  readonly memoryMb: number;
  /** Below the `TimeoutSeconds` of the function's state, so that Lambda's own time-out, which says more, comes first. */
  readonly timeoutSeconds: number;
  readonly reason: string;
}

export const FUNCTION_SIZES: Readonly<Record<FunctionName, FunctionSize>> = {
  api: {
    memoryMb: 1024,
    timeoutSeconds: 26,
    reason: 'API Gateway waits for 29 s, starting the function included. Requests wait for stores; the memory buys a shorter cold start.',
  },
  train: {
    memoryMb: 1769,
    timeoutSeconds: 900,
    reason: 'Training uses one thread: a second processor would idle. Its process takes about 300 MB with 74,439 bars. 900 s is the longest Lambda has.',
  },
  backtest: {
    memoryMb: 1769,
    timeoutSeconds: 300,
    reason: 'Features and simulation use one thread and hold the same bars as training. A backtest of 74,439 bars takes about a second.',
  },
  record: {
    memoryMb: 512,
    timeoutSeconds: 60,
    reason: 'Reads three small files and writes one.',
  },
  reconcile: {
    memoryMb: 512,
    timeoutSeconds: 120,
    reason: 'A few store calls for each unsettled operation.',
  },
};
