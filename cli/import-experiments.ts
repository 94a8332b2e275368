import { connect, type Connection } from './connect.ts';
import { type ImportFolder, readImportFolder } from './import-folder.ts';
import type { PlaceOptions } from './options.ts';
import type { Output } from './output.ts';
import { Refusal } from './refusal.ts';
import { retrying } from './retry.ts';
import { UploadProgress } from './upload-progress.ts';

/** One request's share of an import. */
interface ImportBatch {
  readonly experiments: { readonly file: string; readonly yaml: string }[];
  readonly hypotheses: ImportFolder['hypotheses'][number][];
}

/** Bytes of the records of one request: well below what the API takes. */
const BATCH_BYTES = 200_000;
/** Records of one request. */
const BATCH_RECORDS = 100;

/**
 * Imports a KTRDR memory folder. Everything is checked before anything is stored: the files here, their ids against what is stored there.
 * Throws Refusal, with nothing stored, where a file is invalid or an id is taken by other content.
 */
export async function importExperiments(dir: string, place: Omit<PlaceOptions, 'json'>, output: Output): Promise<void> {
  const folder = await readImportFolder(dir);
  const batches = batchesOf(folder);
  const connection = await connect({ dataGiven: false, ...place, command: 'tocsin experiments import', createMemory: true });
  let isNew: ReadonlySet<string>;
  try {
    isNew = await send(connection, 'Checking', batches, true);
    await send(connection, 'Importing', batches, false);
  } finally {
    await connection.close();
  }
  const counted = (what: string, ids: readonly string[]) => {
    const imported = ids.filter((id) => isNew.has(id)).length;
    return `${ids.length} ${what}: ${imported} imported, ${ids.length - imported} unchanged`;
  };
  const experiments = counted('experiments', folder.experiments.map(({ id }) => id));
  const hypotheses = counted('hypotheses', folder.hypotheses.map(({ id }) => id));
  output.line(`${experiments}; ${hypotheses}; in ${connection.where}`);
}

/** Sends all batches; returns the ids of the records that are new. Throws Refusal for those whose ids are taken by other content. */
async function send({ client, pollMs }: Connection, title: string, batches: readonly ImportBatch[], checkOnly: boolean): Promise<ReadonlySet<string>> {
  const total = batches.reduce((sum, { experiments, hypotheses }) => sum + experiments.length + hypotheses.length, 0);
  const progress = new UploadProgress(title, total, process.stderr, undefined, (count) => `${count} records`);
  const stored = new Set<string>();
  const conflicts: string[] = [];
  let done = 0;
  try {
    for (const batch of batches) {
      progress.show(done);
      const outcome = await retrying(() => client.importRecords({ ...batch, check_only: checkOnly }), pollMs);
      for (const id of outcome.stored) stored.add(id);
      conflicts.push(...outcome.conflicts);
      done += batch.experiments.length + batch.hypotheses.length;
    }
  } finally {
    progress.close();
  }
  if (conflicts.length === 0) return stored;
  throw new Refusal(`Other records are there under ${conflicts.length === 1 ? 'this id' : 'these ids'}${checkOnly ? ', so none was imported' : ''}.`, {
    problems: conflicts,
    guidance: 'What is there is kept. Remove from the folder what is not to be imported, then repeat the command.',
  });
}

function batchesOf({ experiments, hypotheses }: ImportFolder): readonly ImportBatch[] {
  const batches: ImportBatch[] = [];
  let size = Infinity;
  let records = 0;
  const room = (bytes: number): ImportBatch => {
    const last = batches.at(-1);
    if (last !== undefined && size + bytes <= BATCH_BYTES && records < BATCH_RECORDS) {
      size += bytes;
      records += 1;
      return last;
    }
    const batch = { experiments: [], hypotheses: [] };
    batches.push(batch);
    size = bytes;
    records = 1;
    return batch;
  };
  for (const { file, yaml } of experiments) room(bytesOf({ file, yaml })).experiments.push({ file, yaml });
  for (const hypothesis of hypotheses) room(bytesOf(hypothesis)).hypotheses.push(hypothesis);
  return batches;
}

/** As it is sent, escapes included. */
function bytesOf(record: object): number {
  return Buffer.byteLength(JSON.stringify(record));
}
