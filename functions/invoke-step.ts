import { fail } from '../shared/errors/index.ts';
import type { StepName } from '../shared/research/step.ts';
import { framesOf } from './frames.ts';
import type { StepHandler } from './step-handler.ts';
import { checkedStepOutput } from './step-output.ts';

/** How long before the host ends an invocation its step is told to stop, so that it fails with a reason. */
const STOP_MARGIN_MS = 3_000;

/** Frames of a stack that are handed on: Step Functions cuts a Cause that grows too long. */
const TRACE_FRAMES = 10;

/** The host of one invocation: Lambda, or a worker process of the local runtime. */
export interface StepHost {
  /** Milliseconds until the host ends the invocation. */
  readonly remainingMs: () => number;
  /** Least time between two progress writes, milliseconds. */
  readonly progressIntervalMs: number;
  /** Aborted when the host wants the step to stop. */
  readonly signal?: AbortSignal;
}

/**
 * Runs one invocation of a step, the same under every host. The step is stopped with STEP_OUT_OF_TIME shortly before the host would end it,
 * its output is checked, and the stack of its error is cut to 10 frames.
 * @throws whatever the step throws; StorageError STEP_OUTPUT_INVALID
 */
export async function invokeStep(step: StepName, handler: StepHandler, event: unknown, host: StepHost): Promise<unknown> {
  const limitMs = host.remainingMs();
  const remainingMs = () => Math.max(0, host.remainingMs() - STOP_MARGIN_MS);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(fail('STEP_OUT_OF_TIME', { step, limitSeconds: Math.round(limitMs / 1000) })), remainingMs());
  const signal = host.signal === undefined ? stop.signal : AbortSignal.any([host.signal, stop.signal]);
  try {
    return checkedStepOutput(step, await handler(event, { signal, progressIntervalMs: host.progressIntervalMs, remainingMs }));
  } catch (error) {
    // Without the message: it is handed on beside the stack.
    if (error instanceof Error) error.stack = [error.name, ...framesOf(error).slice(0, TRACE_FRAMES)].join('\n');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
