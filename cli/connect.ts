import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fail, PipelineError } from '../shared/errors/index.ts';
import { messageOf, rootMessageOf } from '../shared/errors/message.ts';
import { describeOwner, INSTANCE_HEADER, memoryOwner, type MemoryOwner } from '../local/memory-owner.ts';
import type { UploadGrant } from './api-answers.ts';
import { authorizationGuidance } from './authorization.ts';
import { Client, type Send } from './client.ts';
import { httpPut, type PutAnswer } from './http-put.ts';
import { placeArguments } from './options.ts';
import { EXIT, Refusal } from './refusal.ts';
import { awsSigner, type Sign, signingRegion } from './signing.ts';

export interface ConnectOptions {
  readonly endpoint?: string | undefined;
  /** Region to sign requests to the endpoint for, where its host does not tell. */
  readonly signRegion?: string | undefined;
  readonly memory: string;
  readonly data: string;
  /** Whether `data` was asked for in so many words: then a server of other data will not do. */
  readonly dataGiven: boolean;
  /** How the lock file names this process. */
  readonly command: string;
  /** Whether a memory folder that is not there is made. */
  readonly createMemory: boolean;
  /** Whether a folder of market data that is not there is made. */
  readonly createData?: boolean;
}

/** A way to the API. */
export interface Connection {
  readonly client: Client;
  /** The memory folder, if it is on this machine; null behind `--endpoint`. */
  readonly memory: string | null;
  /** The folder of market data, if it is on this machine. */
  readonly data: string | null;
  /** Who answers, for messages. */
  readonly where: string;
  /** What leads another command to the same place, with a space before it; may be empty. */
  readonly placed: string;
  /** Time between two looks at an operation, milliseconds. */
  readonly pollMs: number;
  /** Sends the bytes where the API has granted it. Throws Unreachable where no answer comes. */
  readonly upload: (grant: UploadGrant, body: Uint8Array, onSent: (bytes: number) => void) => Promise<PutAnswer>;
  /** Frees the memory folder, if this process holds it. */
  close(): Promise<void>;
}

const LOCAL_POLL_MS = 150;
const REMOTE_POLL_MS = 1_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** A server that has just taken the folder announces its port within this time. */
const ANNOUNCE_MS = 5_000;

/**
 * Reaches the API at `--endpoint`, or of the process that owns the memory folder, or in this process, which then owns it.
 * @throws StorageError MEMORY_OWNED where another process holds the folder and serves nobody, MEMORY_UNUSABLE
 * @throws Refusal where the owner serves other data, or there is no memory folder to read, or no folder of market data as it was named
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  if (options.endpoint !== undefined) {
    return remote(options.endpoint, { memory: null, data: null, placed: placeArguments(options) }, REMOTE_POLL_MS, signingRegion(new URL(options.endpoint), options.signRegion));
  }
  const memory = resolve(options.memory);
  const owner = await announcedOwner(memory);
  const viaOwner = owner === null ? null : await reachOwner(owner, memory, options);
  if (viaOwner !== null) return viaOwner;
  if (!options.createMemory && !(await exists(memory))) {
    throw new Refusal(`There is no memory folder ${memory}.`, { guidance: 'Run a research first, or name the folder with --memory.' });
  }
  if (options.dataGiven && options.createData !== true) await requireDataFolder(resolve(options.data));
  return embedded(memory, options);
}

/**
 * Null where the owner serves nobody or no longer answers, or another server has come to its port: whether it still holds the folder is
 * for the lock to say.
 */
async function reachOwner(owner: MemoryOwner, memory: string, options: ConnectOptions): Promise<Connection | null> {
  if (owner.port === null) return null;
  const connection = await remote(`http://127.0.0.1:${owner.port}`, { memory, data: owner.data, placed: placeArguments(options) }, LOCAL_POLL_MS, null);
  try {
    await connection.client.health();
    if (!(await isServedBy(owner, connection.where))) return null;
  } catch (error) {
    if (error instanceof Unreachable) return null;
    throw error;
  }
  if (options.dataGiven && resolve(options.data) !== owner.data) {
    throw new Refusal(`${describeOwner(owner)} owns the memory folder ${memory} and serves the data in ${owner.data}, not in ${resolve(options.data)}.`, {
      guidance: 'Leave --data out, stop that process, or choose another folder with --memory.',
    });
  }
  return connection;
}

async function isServedBy({ instance }: MemoryOwner, address: string): Promise<boolean> {
  const answer = await orUnreachable(address, wholeAnswer(new URL(`${address}/api/v1/health`), { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }));
  return instance !== undefined && answer.headers.get(INSTANCE_HEADER) === instance;
}

async function announcedOwner(memory: string): Promise<MemoryOwner | null> {
  const deadline = Date.now() + ANNOUNCE_MS;
  for (;;) {
    const owner = await memoryOwner(memory);
    if (owner === null || owner.port !== null || !owner.command.startsWith('tocsin serve') || Date.now() > deadline) return owner;
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

async function exists(folder: string): Promise<boolean> {
  try {
    await stat(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw fail('MEMORY_UNUSABLE', { folder, reason: messageOf(error) }, error);
  }
}

/** Throws Refusal where a folder of market data that was named is none, or cannot be looked at. */
async function requireDataFolder(folder: string): Promise<void> {
  const details = { guidance: 'Name the folder that holds the data files with --data.', exitCode: EXIT.usage } as const;
  const found = await stat(folder).catch((cause: unknown) => {
    throw new Refusal(`There is no folder of market data ${folder}: ${messageOf(cause)}.`, { ...details, cause });
  });
  if (!found.isDirectory()) throw new Refusal(`${folder} is no folder of market data.`, details);
}

/** Nobody answers at the address. */
export class Unreachable extends Refusal {
  constructor(address: string, cause: unknown) {
    super(`Nothing answers at ${address}: ${rootMessageOf(cause)}.`, {
      guidance: 'Check the address and that the server runs (`tocsin serve`), then repeat the command.',
      transient: true,
      cause,
    });
  }
}

async function remote(address: string, place: Pick<Connection, 'memory' | 'data' | 'placed'>, pollMs: number, region: string | null): Promise<Connection> {
  const sign = region === null ? null : await awsSigner(region);
  const send: Send = async (path, init) => {
    const url = new URL(`${address}${path}`);
    const request = sign === null ? init : await signed(sign, url, init);
    return orUnreachable(address, wholeAnswer(url, { ...request, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }));
  };
  return {
    client: new Client(send, address, (answer) => authorizationGuidance(answer, region, new Date())),
    ...place,
    where: address,
    pollMs,
    upload: (grant, body, onSent) => {
      const url = new URL(grant.url, `${address}/api/v1/`);
      return orUnreachable(url.origin, httpPut(url, grant.headers, body, onSent));
    },
    close: async () => {},
  };
}

/** An answer with its body: a connection may break off within it. */
async function wholeAnswer(url: URL, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, init);
  const body = await answer.arrayBuffer();
  return new Response(body.byteLength === 0 ? null : body, answer);
}

async function signed(sign: Sign, url: URL, init: RequestInit): Promise<RequestInit> {
  const { method = 'GET', body } = init;
  if (typeof body !== 'string' && body !== undefined && body !== null) throw new Error('Only text can be signed.');
  return { ...init, headers: await sign(url, { method, headers: Object.fromEntries(new Headers(init.headers)), body: body ?? undefined }) };
}

async function orUnreachable<T>(address: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new Unreachable(address, error);
  }
}

async function embedded(memory: string, options: ConnectOptions): Promise<Connection> {
  const { data, command } = options;
  const [{ startRuntime }, { localApi }] = await Promise.all([import('../local/runtime.ts'), import('../local/server.ts')]);
  const runtime = await startRuntime({ memory, data, command, onFault: endLoudly, onCleanUpFault: reportCleanUpFault });
  if (runtime.interrupted.length > 0) process.stderr.write(`${interruptedNotice(runtime.interrupted)}\n`);
  const api = localApi(runtime, {
    capacity: 1,
    defaultStrategy: null,
    log: ({ error, status, method, path }) => {
      if (!(error instanceof PipelineError)) process.stderr.write(`${method} ${path}: ${status}\n${error.stack ?? error.message}\n`);
    },
  });
  const send: Send = (path, init) => api.request(path, init);
  return {
    client: new Client(send, 'The local runtime'),
    memory,
    data: resolve(data),
    where: memory,
    placed: placeArguments(options),
    pollMs: LOCAL_POLL_MS,
    upload: async ({ url, headers }, body, onSent) => {
      const answer = await api.request(`/api/v1/${url}`, { method: 'PUT', headers, body });
      onSent(body.length);
      return { status: answer.status, text: await answer.text() };
    },
    close: () => runtime.close(),
  };
}

/** What is said of operations that an earlier process left unsettled. */
export function interruptedNotice(operationIds: readonly string[]): string {
  const [count, were] = operationIds.length === 1 ? ['One operation', 'was'] : [`${operationIds.length} operations`, 'were'];
  return `${count} of an earlier process ${were} under way when it stopped, and ${were} settled as failed: ${operationIds.join(', ')}`;
}

/** Says that an operation's ending stands, but something it left behind could not be removed. */
export function reportCleanUpFault(operationId: string, error: unknown): void {
  const reason = messageOf(error);
  process.stderr.write(`\nERROR  ${operationId} has ended, but could not be cleaned up after: ${reason}\n       The next start does it; its record says how it ended.\n`);
}

/** For faults after which this process could not record what becomes of its operations. */
export function endLoudly(error: unknown): never {
  process.stderr.write(`\nERROR  An ending could not be recorded, so this process stops; the next start settles its operations.\n`);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(EXIT.failed);
}
