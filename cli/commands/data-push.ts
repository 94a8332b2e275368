import { join } from 'node:path';
import type { DataFile } from '../../shared/market-data/file-name.ts';
import { sha256Hex } from '../../shared/hash.ts';
import { checkFiles, namesIn } from '../checked-files.ts';
import { refusalOf } from '../api-answers.ts';
import { TRANSIENT_STATUSES } from '../client.ts';
import { connect, type Connection } from '../connect.ts';
import { readDataFile } from '../data-files.ts';
import { CommandExit } from '../exit.ts';
import type { PutAnswer } from '../http-put.ts';
import type { PlaceOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { Refusal } from '../refusal.ts';
import { retrying } from '../retry.ts';
import { bytes } from '../text.ts';
import { UploadProgress } from '../upload-progress.ts';
import { printFailedFile } from './data-check.ts';

/** A checked file, without its content, which is read again when its turn comes. */
interface PushFile {
  readonly name: string;
  readonly path: string;
  readonly file: DataFile;
  readonly bytes: number;
  readonly sha256: string;
}

type Place = Omit<PlaceOptions, 'json'> & { readonly dataGiven: boolean };

/**
 * Checks every data file of a folder, its context files included, then uploads those that the server does not have yet.
 * Throws CommandExit as `checkData` does, with nothing uploaded; Refusal where an upload fails for good.
 */
export async function pushData(dir: string, place: Place, output: Output): Promise<void> {
  const files = await checkedFiles(dir, output);
  const connection = await connect({ ...place, command: 'tocsin data push', createMemory: true, createData: true });
  const done = { uploaded: 0, unchanged: 0 };
  try {
    await connection.client.health();
    for (const file of files) {
      const outcome = await push(connection, file).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        throw notUploaded(file, error, done.uploaded + done.unchanged, files.length);
      });
      done[outcome]++;
      output.line(outcome === 'uploaded' ? `${file.name}  uploaded, ${bytes(file.bytes)}` : `${file.name}  unchanged`);
    }
  } finally {
    await connection.close();
  }
  output.line(`${files.length} files: ${done.uploaded} uploaded, ${done.unchanged} unchanged, to ${connection.data ?? connection.where}`);
}

async function checkedFiles(dir: string, output: Output): Promise<readonly PushFile[]> {
  const files: PushFile[] = [];
  let failed = 0;
  for await (const result of checkFiles(dir, await namesIn(dir))) {
    const { name } = result;
    if (result.ok) {
      const { file, content } = result.file;
      files.push({ name, path: join(dir, name), file, bytes: content.length, sha256: sha256Hex(content) });
    } else {
      failed++;
      printFailedFile(name, result.error, output);
    }
  }
  if (failed === 0) return files;
  output.line(`${files.length + failed} files: ${files.length} ok, ${failed} failed; nothing was uploaded`);
  throw new CommandExit(1);
}

async function push(connection: Connection, file: PushFile): Promise<'uploaded' | 'unchanged'> {
  const progress = new UploadProgress(file.name, file.bytes, process.stderr);
  try {
    return await retrying(() => attempt(connection, file, progress), connection.pollMs);
  } finally {
    progress.close();
  }
}

/** Each attempt asks for leave anew: a grant may be good for one request only. */
async function attempt({ client, upload }: Connection, file: PushFile, progress: UploadProgress): Promise<'uploaded' | 'unchanged'> {
  const { bytes, sha256 } = file;
  const grant = await client.uploadMarketData({ ...file.file, bytes, sha256 });
  if (grant === null) return 'unchanged';
  const content = await readDataFile(file.path);
  if (sha256Hex(content) !== sha256) throw new Refusal('the file has changed since it was checked.');
  const answer = await upload(grant, content, (sent) => progress.show(sent));
  if (answer.status < 200 || answer.status > 299) throw storeRefusal(answer);
  return 'uploaded';
}

/** Why the store did not take an upload: S3 says so in XML, the local server as the API does. */
function storeRefusal({ status, text }: PutAnswer): Refusal {
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  // oxlint-disable-next-line loud/no-made-up-value -- an answer that names no code, which is left out below
  const said = refusalOf(parsed(text)) ?? { code: element('Code') ?? '', message: element('Message') ?? 'it gave no reason' };
  const reason = [said.code, said.message.replace(/\.$/, '')].filter((part) => part !== '').join(': ');
  return new Refusal(`the store answered with status ${status} (${reason}).`, {
    transient: TRANSIENT_STATUSES.has(status) || status === 500 || said.code === 'RequestTimeout',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // oxlint-disable-next-line loud/no-swallowed-error -- not the API's answer, but then S3's, in XML
    return undefined;
  }
}

function notUploaded(file: PushFile, error: Refusal, done: number, total: number): Refusal {
  const again = `${done} of ${total} files are there. Repeat the command: it goes on with ${file.name}, and passes over what is there already.`;
  return new Refusal(`${file.name} was not uploaded: ${error.message}`, {
    guidance: error.guidance === null ? again : `${error.guidance} ${again}`,
    code: error.code,
    problems: error.problems,
    exitCode: 1,
    cause: error,
  });
}
