import { expect } from 'vitest';
import { FAILURES } from '../../../shared/errors/index.ts';
import type { FailureCode } from '../../../shared/errors/catalogue/index.ts';
import type { PipelineErrorName } from '../../../shared/errors/pipeline-error.ts';
import type { StepFunction } from '../../../functions/step-functions.ts';
import type { FaultBench } from './fault-bench.ts';
import { strategy } from './market.ts';

/** Breaks or mends something. `operationId` is the operation at work; empty before there is one. */
type Work = (bench: FaultBench, operationId: string) => Promise<void> | void;

/** One way in which a run fails: what is broken, when, and what is said of it. */
export interface RunScenario {
  readonly code: FailureCode;
  /** What was broken. */
  readonly title: string;
  readonly type: PipelineErrorName;
  readonly step: StepFunction;
  /** Facts that the message must hold. */
  readonly facts: readonly string[];
  readonly break: Work;
  /** The function before whose invocation it breaks; without one it is broken before the trigger. */
  readonly at?: StepFunction;
  readonly strategy?: object;
  /** Puts things right, so that a retry completes. By default the sound daily bars are written, and the store is well again. */
  readonly mend?: Work;
  /** Where no retry can help, since the strategy itself is the fault: the strategy that is run instead. */
  readonly mended?: object;
}

export function titleOf({ title, code }: RunScenario): string {
  return `${title}: ${code}, and once it is mended it completes`;
}

/** Runs a scenario from the break to the retry that completes. */
export async function expectFailureAndMending(bench: FaultBench, scenario: RunScenario): Promise<void> {
  await bench.reset();
  if (scenario.at === undefined) await scenario.break(bench, '');
  else {
    let broken = false;
    bench.before(async (name, operationId) => {
      if (name !== scenario.at || broken) return;
      broken = true;
      await scenario.break(bench, operationId);
    });
  }
  const operationId = await bench.trigger(scenario.strategy ?? strategy());
  const operation = await bench.ended(operationId);
  await expectFailed(bench, operationId, operation, scenario);

  await bench.reset();
  await scenario.mend?.(bench, operationId);
  const again = scenario.mended === undefined ? await bench.retry(operationId) : await bench.trigger(scenario.mended);
  await bench.ended(again);
  await bench.expectCompleted(again);
  expect(await bench.ended(operationId), 'what the failed operation shows').toEqual(operation);
}

async function expectFailed(bench: FaultBench, operationId: string, operation: object, { code, type, step, facts, mended }: RunScenario): Promise<void> {
  expect(FAILURES[code].steps, 'the steps that the catalogue names').toContain(step);
  expect(FAILURES[code].retry === 'never', 'whether no retry can help').toBe(mended !== undefined);
  expect(operation).toMatchObject({ status: 'failed', error_type: type, error_code: code, failed_step: step, guidance: FAILURES[code].guidance, experiment_id: null });
  const { error_type, error_cause, completed_at } = await bench.stored(operationId);
  const { error_message: message } = operation as { readonly error_message: string };
  expect(message.startsWith(`[${code}] `)).toBe(true);
  expect(message.endsWith(FAILURES[code].guidance)).toBe(true);
  for (const fact of facts) expect(message).toContain(fact.replaceAll('{id}', operationId));
  expect(completed_at).not.toBeNull();

  const events = await bench.events(operationId);
  const states = events.filter((event) => event.type === 'StateEntered').map((event) => event.state?.name);
  expect(states.slice(-2)).toEqual(['RecordFailure', 'Failed']);
  expect(events.at(-1)).toMatchObject({ type: 'ExecutionFailed', Error: error_type, Cause: error_cause });
  await bench.expectNothingLeft(operationId);
}
