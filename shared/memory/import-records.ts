import type { Hypothesis } from '../../memory-schema/hypothesis.ts';
import type { ImportedExperiment } from '../../memory-schema/imported-experiment.ts';
import type { Ports } from '../ports/index.ts';
import { canonicalJson } from '../strategy/canonical.ts';
import { changeHypotheses, readHypotheses } from './hypotheses-file.ts';
import { isSameHypothesis } from './hypotheses.ts';
import { readImported } from './imported-experiments.ts';
import { importedKey, operationIdOf } from './keys.ts';

/** Records to be imported. */
export interface ImportOffer {
  /** Each with the text of its file, which is kept as it is. */
  readonly experiments: readonly { readonly record: ImportedExperiment; readonly text: string }[];
  readonly hypotheses: readonly Hypothesis[];
}

/** A record that cannot be imported since another has its id. */
interface ImportConflict {
  readonly id: string;
  readonly reason: string;
}

export type ImportOutcome =
  | { readonly outcome: 'imported'; readonly stored: readonly string[]; readonly unchanged: readonly string[] }
  /** `stored`: what was there before the conflict showed, which it does then only where another import came between. */
  | { readonly outcome: 'conflict'; readonly conflicts: readonly ImportConflict[]; readonly stored: readonly string[] };

/**
 * Stores the records whose ids are new. One that is there with the same content is left alone; one with other content is a conflict,
 * and then nothing is stored, unless it comes to be there meanwhile. A hypothesis that was tested since its import is the same one still.
 * @param checkOnly tells what would come of it, and stores nothing
 * @throws StorageError
 */
export async function importRecords(ports: Ports, offer: ImportOffer, { checkOnly }: { readonly checkOnly: boolean }): Promise<ImportOutcome> {
  const judged = await Promise.all(offer.experiments.map(async ({ record, text }) => ({ record, text, standing: await standingOf(ports, record) })));
  const merged = merge(await readHypotheses(ports.objects), offer.hypotheses);
  const taken = judged.flatMap(({ record, standing }) => (typeof standing === 'string' ? [] : [{ id: record.id, reason: standing.conflict }]));
  if (taken.length + merged.conflicts.length > 0) return { outcome: 'conflict', conflicts: [...taken, ...merged.conflicts], stored: [] };
  const ids = (standing: 'new' | 'same') => judged.filter((each) => each.standing === standing).map(({ record }) => record.id);
  if (checkOnly) return { outcome: 'imported', stored: [...ids('new'), ...merged.added], unchanged: [...ids('same'), ...merged.same] };
  const stored: string[] = [];
  const unchanged: string[] = [];
  for (const { record, text, standing } of judged) {
    if (standing === 'new' && (await ports.objects.put(importedKey(record.id), text, { ifNoneMatch: true })) === 'written') {
      stored.push(record.id);
      continue;
    }
    const now = standing === 'new' ? await standingOf(ports, record) : standing;
    if (typeof now !== 'string') return { outcome: 'conflict', conflicts: [{ id: record.id, reason: now.conflict }], stored };
    unchanged.push(record.id);
  }
  const { added, same, conflicts } = await storeHypotheses(ports, offer.hypotheses);
  if (conflicts.length > 0) return { outcome: 'conflict', conflicts, stored };
  return { outcome: 'imported', stored: [...stored, ...added], unchanged: [...unchanged, ...same] };
}

async function standingOf({ objects, operations }: Ports, record: ImportedExperiment): Promise<'new' | 'same' | { readonly conflict: string }> {
  const operationId = operationIdOf(record.id);
  if (operationId !== null && (await operations.get(operationId)) !== null) return { conflict: `the id belongs to the operation ${operationId} of this memory` };
  const there = await readImported(objects, record.id);
  if (there === null) return 'new';
  return canonicalJson(there) === canonicalJson(record) ? 'same' : { conflict: 'an imported experiment with this id and other content is there already' };
}

async function storeHypotheses({ objects }: Ports, offered: readonly Hypothesis[]): Promise<Omit<ReturnType<typeof merge>, 'hypotheses'>> {
  return changeHypotheses(objects, (current) => {
    const { hypotheses, ...result } = merge(current, offered);
    return { hypotheses: result.conflicts.length > 0 || result.added.length === 0 ? null : hypotheses, result };
  });
}

function merge(current: readonly Hypothesis[], offered: readonly Hypothesis[]) {
  const known = new Map(current.map((each) => [each.id, each]));
  const added: Hypothesis[] = [];
  const same: string[] = [];
  const conflicts: ImportConflict[] = [];
  for (const one of offered) {
    const there = known.get(one.id);
    if (there === undefined) {
      added.push(one);
      known.set(one.id, one);
    } else if (isSameHypothesis(there, one)) same.push(one.id);
    else conflicts.push({ id: one.id, reason: 'another hypothesis with this id is there already' });
  }
  const hypotheses = [...current, ...added].toSorted((a, b) => Number(a.id.slice(2)) - Number(b.id.slice(2)));
  return { hypotheses, added: added.map(({ id }) => id), same, conflicts };
}
