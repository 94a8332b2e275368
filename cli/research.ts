import { randomUUID } from 'node:crypto';
import { connect } from './connect.ts';
import { watchInterrupt } from './interrupt.ts';
import type { PlaceOptions } from './options.ts';
import { runOperation } from './run-operation.ts';
import { readStrategyFile } from './strategy-file.ts';
import { retrying } from './retry.ts';

export interface ResearchRequest extends PlaceOptions {
  readonly dataGiven: boolean;
  readonly seed?: number;
  readonly bypassGates: boolean;
}

/** Runs one research cycle and returns the exit status. The file is validated here first: an invalid one starts nothing. */
export async function research(file: string, { seed, bypassGates, json, ...at }: ResearchRequest): Promise<number> {
  const { text, notices } = await readStrategyFile(file);
  for (const notice of notices) process.stderr.write(`Notice: ${notice}\n`);
  const interrupt = watchInterrupt();
  const connection = await connect({ ...at, command: 'tocsin research', createMemory: true });
  try {
    // oxlint-disable-next-line loud/no-made-up-value -- aborted without a signal is a failure
    if (interrupt.signal.aborted) return interrupt.status() ?? 1;
    const key = randomUUID();
    const body = { strategy: text, bypass_gates: bypassGates, ...(seed !== undefined && { seed }) };
    const operationId = await retrying(() => connection.client.trigger(body, key), connection.pollMs);
    return await runOperation(connection, operationId, { json, interrupt });
  } finally {
    await connection.close();
    interrupt.release();
  }
}
