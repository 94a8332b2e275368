import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { createApi } from '../functions/api/app.ts';
import type { ApiErrorEvent } from '../functions/api/deps.ts';
import { errorHandler } from '../functions/api/errors.ts';
import { SERVER_CLOSING } from '../functions/api/refusals.ts';
import { fail } from '../shared/errors/index.ts';
import { TOCSIN_VERSION } from '../shared/version.ts';
import { describeOwner, INSTANCE_HEADER, memoryOwner } from './memory-owner.ts';
import { startRuntime, type Runtime, type RuntimeOptions } from './runtime.ts';
import { LocalUploads } from './uploads.ts';

export interface ApiOptions {
  /** Most researches at work at once. */
  readonly capacity: number;
  /** YAML of the strategy that a trigger without one runs. */
  readonly defaultStrategy: (() => Promise<string | Uint8Array>) | null;
  /** Receives every error that a caller saw only as an answer of 5xx. */
  readonly log: (event: ApiErrorEvent) => void;
  /** Said with every answer. */
  readonly instance?: string;
}

export interface ServerOptions extends Omit<ApiOptions, 'instance'>, Omit<RuntimeOptions, 'command'> {
  /** 0: any free port. */
  readonly port: number;
}

export interface Server {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly runtime: Runtime;
  /** Refuses new requests, gives those under way a moment, settles what runs as failed, and frees port and memory folder. */
  close(): Promise<void>;
}

/** The port cannot be listened on. */
export class PortUnavailableError extends Error {
  override name = 'PortUnavailableError' as const;
  readonly port: number;
  /** The operating system's code, e.g. EADDRINUSE. */
  readonly code: string;

  constructor(port: number, cause: NodeJS.ErrnoException) {
    super(`Port ${port} on 127.0.0.1 cannot be listened on: ${cause.message}`, { cause });
    this.port = port;
    this.code = cause.code ?? 'unknown';
  }
}

const COMMAND = 'tocsin serve';
const UINT32 = 2 ** 32;
const CLOSE_GRACE_MS = 1_000;

/** The HTTP API over an embedded runtime, and beside it the address that uploads are granted at, which is S3 on AWS. */
export function localApi({ ports, workflows }: Runtime, { capacity, defaultStrategy, log, instance }: ApiOptions): Hono<{ Bindings: object }> {
  const uploads = new LocalUploads(ports.objects, ports.now);
  const api = createApi({
    ports,
    workflows,
    uploads,
    capacity,
    defaultStrategy,
    log,
    random: () => randomInt(UINT32),
    version: TOCSIN_VERSION,
    callerOf: () => 'local',
  });
  const host = new Hono<{ Bindings: object }>();
  host.onError(errorHandler(log));
  if (instance !== undefined) {
    host.use(async (c, next) => {
      await next();
      c.header(INSTANCE_HEADER, instance);
    });
  }
  host.put('/api/v1/uploads/:token', async (c) => c.json({ success: true, data: await uploads.receive(c.req.param('token'), c.req.raw) }));
  host.all('*', (c) => api.fetch(c.req.raw, c.env));
  return host;
}

/**
 * Serves the HTTP API on the loopback address. The port comes before the memory folder: where it is taken, nothing is touched.
 * @throws PortUnavailableError
 * @throws StorageError MEMORY_OWNED, also where the port is taken by the owner of this very folder; MEMORY_UNUSABLE
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const instance = randomUUID();
  const gate = new Gate();
  const http = createAdaptorServer({ fetch: (request) => gate.pass(request) });
  const port = await listen(http, options);
  const closeHttp = async () => {
    await gate.close();
    await closeServer(http);
  };
  const opened: (() => Promise<void>)[] = [closeHttp];
  let closing: Promise<void> | undefined;
  const closeAll = () => {
    closing ??= (async () => {
      for (const close of opened) await close();
    })();
    return closing;
  };
  try {
    const runtime = await startRuntime({ ...options, command: COMMAND });
    opened.push(() => runtime.close());
    await runtime.lock.announce({ pid: process.pid, port, command: COMMAND, data: resolve(options.data), instance });
    gate.open(localApi(runtime, { ...options, instance }).fetch);
    return { url: `http://127.0.0.1:${port}`, runtime, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function listen(http: ServerType, { port, memory }: ServerOptions): Promise<number> {
  http.listen(port, '127.0.0.1');
  try {
    await once(http, 'listening');
  } catch (error) {
    const owner = await memoryOwner(memory);
    if (owner !== null && owner.port === port) throw fail('MEMORY_OWNED', { folder: resolve(memory), owner: describeOwner(owner) }, error);
    throw new PortUnavailableError(port, error as NodeJS.ErrnoException);
  }
  return (http.address() as AddressInfo).port;
}

/** Responses still being sent get a moment; a connection that stays open after that is cut. */
async function closeServer(http: ServerType): Promise<void> {
  await new Promise<void>((done) => {
    const cut = setTimeout(() => {
      if ('closeAllConnections' in http) http.closeAllConnections();
    }, CLOSE_GRACE_MS);
    http.close(() => {
      clearTimeout(cut);
      done();
    });
  });
}

type Fetch = (request: Request) => Response | Promise<Response>;

/** Holds requests back until the API is there, and lets none in once it closes. */
class Gate {
  readonly #under = new Set<Promise<unknown>>();
  #open!: (fetch: Fetch) => void;
  #api = new Promise<Fetch>((resolve) => {
    this.#open = resolve;
  });

  open(fetch: Fetch): void {
    this.#open(fetch);
  }

  async pass(request: Request): Promise<Response> {
    const response = this.#api.then((fetch) => fetch(request));
    this.#under.add(response);
    try {
      return await response;
    } finally {
      this.#under.delete(response);
    }
  }

  /** Answers requests with 503 from now on, and waits for those under way, but not for one whose sender hangs. */
  async close(): Promise<void> {
    this.#open(refuse);
    this.#api = Promise.resolve(refuse);
    let grace: NodeJS.Timeout | undefined;
    const graceOver = new Promise<void>((resume) => {
      grace = setTimeout(resume, CLOSE_GRACE_MS);
    });
    // oxlint-disable-next-line loud/no-swallowed-error -- each request is answered by its own handler
    await Promise.race([Promise.allSettled(this.#under), graceOver]);
    clearTimeout(grace);
  }
}

function refuse(): Response {
  const error = { code: SERVER_CLOSING, message: 'The server is being stopped: repeat the request once it runs again.', details: {} };
  return Response.json({ success: false, error }, { status: 503, headers: { connection: 'close' } });
}
