import { setTimeout as delay } from 'node:timers/promises';
import { DescribeStateMachineCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll } from 'vitest';
import { sfn, target } from './cloud.ts';

/** AWS may start executions of the definition before for a while. */
const CONSISTENT_AFTER_MS = target.endpoint === null ? 15_000 : 0;

interface State {
  Next?: string;
  Default?: string;
  Choices?: { Next: string }[];
  TimeoutSeconds?: number;
  readonly [key: string]: unknown;
}

export interface Definition {
  StartAt: string;
  TimeoutSeconds: number;
  readonly States: Record<string, State>;
}

async function update(definition: string): Promise<void> {
  await sfn.send(new UpdateStateMachineCommand({ stateMachineArn: target.stateMachineArn, definition }));
  await delay(CONSISTENT_AFTER_MS);
}

/** Changes the deployed definition for the tests of the enclosing `describe`, or of the file. */
export function useDefinition(change: (definition: Definition) => void): void {
  let original: string | undefined;
  beforeAll(async () => {
    ({ definition: original } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: target.stateMachineArn })));
    const changed = JSON.parse(original!) as Definition;
    change(changed);
    await update(JSON.stringify(changed));
  });
  afterAll(async () => {
    if (original !== undefined) await update(original);
  });
}

/** Puts a wait of some seconds before a state, in which a test can change what the state will find. */
export function pauseBefore(name: string, seconds: number): (definition: Definition) => void {
  return (definition) => {
    const pause = `PauseBefore${name}`;
    const redirected = (next: string) => (next === name ? pause : next);
    definition.StartAt = redirected(definition.StartAt);
    for (const state of Object.values(definition.States)) {
      if (state.Next !== undefined) state.Next = redirected(state.Next);
      if (state.Default !== undefined) state.Default = redirected(state.Default);
      for (const choice of state.Choices ?? []) choice.Next = redirected(choice.Next);
    }
    definition.States[pause] = { Type: 'Wait', Seconds: seconds, Next: name };
  };
}
