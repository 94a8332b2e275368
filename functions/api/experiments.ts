import { parse } from 'yaml';
import { type Experiment, experimentSchema } from '../../memory-schema/experiment.ts';
import { EXPERIMENTS_PREFIX, operationIdOf } from '../../shared/memory/keys.ts';
import type { ObjectStore, Ports } from '../../shared/ports/index.ts';
import { messageOf } from '../../shared/errors/message.ts';
import { issueText } from '../../shared/errors/issue-text.ts';

export type ReadExperiment = { readonly ok: true; readonly experiment: Experiment } | { readonly ok: false; readonly reason: string };

/** An object among the experiments that is none, and why. */
export interface Unreadable {
  readonly key: string;
  readonly reason: string;
}

/** Reads one experiment; a damaged or missing one gives the reason. Throws StorageError where the store cannot tell. */
export async function readExperiment(objects: ObjectStore, key: string): Promise<ReadExperiment> {
  const bytes = await objects.get(key);
  if (bytes === null) return { ok: false, reason: 'it is not there' };
  let value: unknown;
  try {
    value = parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    // oxlint-disable-next-line loud/no-swallowed-error -- the reason goes on in the result
    return { ok: false, reason: `it is not YAML: ${messageOf(error).replace(/\n.*/s, '')}` };
  }
  const parsed = experimentSchema.safeParse(value);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(issueText);
    return { ok: false, reason: `it does not follow the schema of experiments (${fields.slice(0, 3).join('; ')})` };
  }
  if (`${EXPERIMENTS_PREFIX}${parsed.data.id}.yaml` !== key) return { ok: false, reason: `it holds the experiment ${parsed.data.id}` };
  return { ok: true, experiment: parsed.data };
}

/** How many objects are looked at together. */
const BATCH = 16;

/**
 * Experiments of completed operations, newest first. Those of operations that have not completed are passed over: they are about
 * to be committed or removed. Whatever else lies among them, as far as the search went, is listed as unreadable.
 * @returns also how much of offset and limit is left after the last of them, and how many of completed operations there are, null where the
 *   search did not go through all
 * @throws StorageError where a store cannot tell
 */
export async function findExperiments(
  { objects, operations }: Ports,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ readonly experiments: readonly Experiment[]; readonly unreadable: readonly Unreadable[]; readonly offsetLeft: number; readonly limitLeft: number; readonly committed: number | null }> {
  const keys = (await objects.list(EXPERIMENTS_PREFIX)).map(({ key }) => key).toReversed();
  const experiments: Experiment[] = [];
  const unreadable: Unreadable[] = [];
  let toSkip = offset;
  // One that cannot be read has its place in a page as well: the next page begins where this one ends.
  let toRead = limit;
  let seen = 0;
  let first = 0;
  for (; first < keys.length && toRead > 0; first += BATCH) {
    const standing = await Promise.all(keys.slice(first, first + BATCH).map((key) => standingOf(operations, key)));
    const committed = standing.filter(({ state }) => state === 'committed');
    seen += committed.length;
    const skipped = Math.min(toSkip, committed.length);
    toSkip -= skipped;
    const page = committed.slice(skipped, skipped + toRead);
    toRead -= page.length;
    const lastKey = toRead === 0 ? page.at(-1)?.key : undefined;
    const read = new Map(await Promise.all(page.map(async ({ key }) => [key, await readExperiment(objects, key)] as const)));
    for (const { key, state, reason } of standing) {
      const found = read.get(key);
      if (state === 'stray') unreadable.push({ key, reason });
      else if (found?.ok === true) experiments.push(found.experiment);
      else if (found?.ok === false) unreadable.push({ key, reason: found.reason });
      if (key === lastKey) break;
    }
  }
  return { experiments, unreadable, offsetLeft: toSkip, limitLeft: toRead, committed: first >= keys.length ? seen : null };
}

interface Standing {
  readonly key: string;
  readonly state: 'committed' | 'uncommitted' | 'stray';
  /** Why it is a stray. */
  readonly reason: string;
}

async function standingOf(operations: Ports['operations'], key: string): Promise<Standing> {
  const name = /^(.+)\.yaml$/.exec(key.slice(EXPERIMENTS_PREFIX.length))?.[1];
  const operationId = name === undefined ? null : operationIdOf(name);
  if (operationId === null) return { key, state: 'stray', reason: 'its name is not that of an experiment' };
  const operation = await operations.get(operationId);
  if (operation === null) return { key, state: 'stray', reason: `its operation ${operationId} is not known here` };
  return { key, state: operation.status === 'completed' ? 'committed' : 'uncommitted', reason: '' };
}
