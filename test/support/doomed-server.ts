import { z } from 'zod';
import { startRuntime } from '../../local/runtime.ts';
import { localApi } from '../../local/server.ts';
import { startTableProxy } from './table-proxy.ts';

const started = z.looseObject({ operation_id: z.string() });

/** When a server kills itself; at a file's write `kill-at-write.mjs` does. */
export type Doom =
  | { readonly at: 'invocation'; readonly of: string }
  /** The n-th write to the table, from 1, since the first research was asked for: right before it is done. */
  | { readonly at: 'table write'; readonly n: number }
  | { readonly at: 'epoch'; readonly n: number }
  | { readonly at: 'time'; readonly ms: number }
  | { readonly at: 'file write' };

/** What a doomed server does until then: runs the researches one after the other, says their ids one a line, and ends when they have. */
export interface DoomedLife {
  readonly memory: string;
  readonly data: string;
  readonly doom: Doom;
  readonly strategies: readonly object[];
}

const { memory, data, doom, strategies } = JSON.parse(process.argv[2] ?? '') as DoomedLife;
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

let isArmed = false;
let writes = 0;
const table = await startTableProxy();
table.break(({ action, text }) => {
  if (!isArmed || !['PutItem', 'UpdateItem', 'DeleteItem'].includes(action)) return null;
  if (doom.at === 'epoch' && text.includes(`"epoch":{"N":"${doom.n}"}`)) die();
  if (doom.at === 'table write' && ++writes === doom.n) die();
  return null;
});
const runtime = await startRuntime({
  memory,
  data,
  command: 'test',
  progressIntervalMs: 0,
  tableEndpoint: async (endpoint) => table.before(endpoint),
  beforeInvocation: async (name) => {
    if (doom.at === 'invocation' && doom.of === name) die();
  },
  onFault: (error) => {
    throw error;
  },
  onCleanUpFault: (_, error) => {
    throw error;
  },
});
const api = localApi(runtime, { capacity: 4, defaultStrategy: null, log: ({ error }) => process.stderr.write(`${error.stack}\n`) });
isArmed = true;
if (doom.at === 'time') setTimeout(die, doom.ms).unref();
for (const strategy of strategies) {
  const answer = await api.request('/api/v1/agent/trigger', {
    method: 'POST',
    body: JSON.stringify({ strategy, bypass_gates: true }),
    headers: { 'content-type': 'application/json' },
  });
  const { operation_id: id } = started.parse(await answer.json());
  process.stdout.write(`${id}\n`);
  await runtime.workflows.ended(id);
}
await runtime.close();
await table.close();
