import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { StepFunction } from '../../../functions/step-functions.ts';
import { type Runtime, startRuntime } from '../../../local/runtime.ts';
import { localApi } from '../../../local/server.ts';
import { experimentSchema } from '../../../memory-schema/experiment.ts';
import type { Operation } from '../../../memory-schema/operation.ts';
import { SLOT_PREFIX } from '../../../shared/research/settle.ts';
import { startTableProxy, type TableProxy } from '../../support/table-proxy.ts';
import { filesIn } from '../../support/research-bench.ts';
import { market, writeBars } from './market.ts';

const started = z.looseObject({ operation_id: z.string() });
const retried = z.looseObject({ data: z.looseObject({ operation_id: z.string() }) });
const shown = z.object({
  data: z.looseObject({
    status: z.string(),
    error_type: z.string().nullable(),
    error_code: z.string().nullable(),
    error_message: z.string().nullable(),
    failed_step: z.string().nullable(),
    guidance: z.string().nullable(),
    experiment_id: z.string().nullable(),
  }),
});
const listed = z.object({ data: z.array(z.looseObject({ id: z.string() })) });

/** An operation as the API shows it. */
type Shown = z.infer<typeof shown>['data'];

interface ExecutionEvent {
  readonly type: string;
  readonly state?: { readonly name: string };
  readonly Error?: string;
  readonly Cause?: string;
}

/** What is done right before a function is invoked for an operation. */
type BeforeInvocation = (name: StepFunction, operationId: string) => Promise<void>;

/** One runtime with the HTTP API over it, for all scenarios of a file, which run one after the other. */
export interface FaultBench {
  readonly memory: string;
  readonly data: string;
  readonly runtime: Runtime;
  /** Stops the runtime as it stands, and starts another one on the same memory. */
  restart(): Promise<void>;
  /** Between the runtime and its table. */
  readonly table: TableProxy;
  /** Faults that the runtime told of; a scenario takes out those it expects. */
  readonly faults: unknown[];
  /** Empties folder of market data, writes the sound daily bars, and forgets all faults. */
  reset(): Promise<void>;
  before(hook: BeforeInvocation | null): void;
  request(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Triggers a research, gates bypassed, and returns its id. */
  trigger(strategy: object | string): Promise<string>;
  retry(operationId: string): Promise<string>;
  /** Waits until the execution has ended. */
  ended(operationId: string): Promise<Shown>;
  stored(operationId: string): Promise<Operation>;
  /** Path of a file in the operation's run folder. */
  run(operationId: string, file: string): string;
  events(operationId: string): Promise<readonly ExecutionEvent[]>;
  /** Asserts that the operation left no experiment, no slot and nothing half-written. */
  expectNothingLeft(operationId: string): Promise<void>;
  /** Asserts that the operation completed and has the one experiment that was added, which can be read. */
  expectCompleted(operationId: string): Promise<void>;
}

/** Starts the bench before the file's tests and stops it after them. */
export function faultBench(): FaultBench {
  let bench: FaultBench & { close(): Promise<void> };
  beforeAll(async () => {
    bench = await startFaultBench();
  });
  afterAll(() => bench.close());
  return new Proxy({} as FaultBench, { get: (_, name) => bench[name as keyof FaultBench] });
}

/** A bench that its user closes. */
export async function startFaultBench(): Promise<FaultBench & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-faults-'));
  const [memory, data] = [join(folder, 'memory'), join(folder, 'data')];
  const faults: unknown[] = [];
  let hook: BeforeInvocation | null = null;
  const table = await startTableProxy();
  const start = () =>
    startRuntime({
      memory,
      data,
      command: 'test',
      progressIntervalMs: 0,
      onFault: (error) => void faults.push(error),
      onCleanUpFault: (_, error) => void faults.push(error),
      beforeInvocation: async (name, event) => hook?.(name, started.parse(event).operation_id),
      tableEndpoint: async (endpoint) => table.before(endpoint),
    });
  const serve = (over: Runtime) => localApi(over, { capacity: 4, defaultStrategy: null, log: ({ error }) => void faults.push(error) });
  let runtime = await start();
  let api = serve(runtime);

  const request: FaultBench['request'] = async (method, path, body) => {
    const answer = await api.request(`/api/v1${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const show = async (operationId: string) => shown.parse((await request('GET', `/operations/${operationId}`)).body).data;
  const experiments = async () => listed.parse((await request('GET', '/experiments')).body).data.map(({ id }) => id);
  const experimentOf = (operationId: string) => operationId.replace('op_agent_research', 'exp');

  return {
    memory,
    data,
    get runtime() {
      return runtime;
    },
    async restart() {
      await runtime.close();
      runtime = await start();
      api = serve(runtime);
    },
    table,
    faults,
    async reset() {
      hook = null;
      table.heal();
      await rm(data, { recursive: true, force: true });
      await mkdir(data);
      await writeBars(data, market());
    },
    before(next) {
      hook = next;
    },
    request,
    async trigger(strategy) {
      const { status, body } = await request('POST', '/agent/trigger', { strategy, bypass_gates: true });
      if (status !== 202) throw new Error(`Not started: ${status} ${JSON.stringify(body)}`, { cause: faults.at(-1) });
      return started.parse(body).operation_id;
    },
    async retry(operationId) {
      const { status, body } = await request('POST', `/operations/${operationId}/retry`);
      if (status !== 202) throw new Error(`Not retried: ${status} ${JSON.stringify(body)}`);
      return retried.parse(body).data.operation_id;
    },
    async ended(operationId) {
      await runtime.workflows.ended(operationId);
      return show(operationId);
    },
    async stored(operationId) {
      const operation = await runtime.ports.operations.get(operationId);
      if (operation === null) throw new Error(`There is no operation ${operationId}.`);
      return operation;
    },
    run: (operationId, file) => join(memory, 'runs', operationId, file),
    async events(operationId) {
      const log = await readFile(join(memory, 'runs', operationId, 'execution.jsonl'), 'utf8');
      return log.trimEnd().split('\n').map((line) => JSON.parse(line));
    },
    async expectNothingLeft(operationId) {
      await runtime.functions.idle();
      expect(await experiments()).not.toContain(experimentOf(operationId));
      expect((await request('GET', `/experiments/${experimentOf(operationId)}`)).status).toBe(404);
      expect(await halfWritten(memory)).toEqual([]);
      expect(await halfWritten(data)).toEqual([]);
      expect((await runtime.ports.operations.claims(SLOT_PREFIX)).map((claim) => claim.operationId)).not.toContain(operationId);
    },
    async expectCompleted(operationId) {
      const operation = await show(operationId);
      expect(operation, operation.error_message ?? '').toMatchObject({ status: 'completed', experiment_id: experimentOf(operationId), error_message: null });
      expect((await experiments()).filter((id) => id === experimentOf(operationId))).toHaveLength(1);
      expect(await filesIn(join(memory, 'experiments'))).toContain(`${experimentOf(operationId)}.yaml`);
      const text = await readFile(join(memory, 'experiments', `${experimentOf(operationId)}.yaml`), 'utf8');
      expect(experimentSchema.parse(parse(text)).provenance.operation_id).toBe(operationId);
    },
    async close() {
      await runtime.close();
      await table.close();
      await rm(folder, { recursive: true, force: true });
      expect(faults).toEqual([]);
    },
  };
}

/** Temporary files, which a write leaves behind that neither ended nor was taken back. */
async function halfWritten(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.tmp'));
}
