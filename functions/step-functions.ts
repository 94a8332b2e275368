/** The functions that the state machine invokes, by name. */
export const STEP_FUNCTIONS = ['train', 'backtest', 'record'] as const;
export type StepFunction = (typeof STEP_FUNCTIONS)[number];
