import { z } from 'zod';
import { type Experiment, experimentSchema } from '../memory-schema/experiment.ts';
import { type Hypothesis, hypothesisSchema, type TestVerdict } from '../memory-schema/hypothesis.ts';
import { type ImportedExperiment, importedExperimentSchema } from '../memory-schema/imported-experiment.ts';
import type { DataFile } from '../shared/market-data/file-name.ts';
import {
  type ExperimentRow,
  experimentPageSchema,
  type OperationRow,
  operationRowSchema,
  operationViewSchema,
  type OperationView,
  refusalOf,
  type StoredStrategy,
  storedStrategySchema,
  type UploadGrant,
  uploadGrantSchema,
  type ViewStatus,
} from './api-answers.ts';
import type { RefusedAnswer } from './authorization.ts';
import { EXIT, Refusal } from './refusal.ts';

/** Sends a request to the API: in this process, or over HTTP. `path` begins with `/api/v1/`. */
export type Send = (path: string, init: RequestInit) => Response | Promise<Response>;

export interface TriggerBody {
  /** YAML text. */
  readonly strategy: string;
  readonly seed?: number;
  readonly bypass_gates?: boolean;
}

/** A file of market data as the API asks for it. */
export type MarketDataFile = DataFile & {
  readonly bytes: number;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
};

/** Codes that say an operation has ended, or is about to. */
const NOT_CANCELLABLE: ReadonlySet<string> = new Set(['OPERATION_FINISHED', 'OPERATION_NOT_CANCELLABLE']);

/** Statuses of a server, or of a gateway before it, that is overloaded or being replaced. */
export const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** One page of a listing. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** On all pages. */
  readonly total: number;
}

export interface ExperimentPage extends Page<ExperimentRow> {
  /** Files come by on the way that are no experiments, or are damaged. */
  readonly unreadable: readonly { readonly key: string; readonly reason: string }[];
}

/** Records to be imported together. */
export interface ImportBatch {
  readonly experiments: readonly { readonly file: string; readonly yaml: string }[];
  readonly hypotheses: readonly Hypothesis[];
  readonly check_only: boolean;
}

/** What became of a request to cancel. */
export type Cancellation = { readonly cancelled: true } | { readonly cancelled: false; readonly message: string };

/** The API refused the request; `problems` are its single complaints. */
class ApiRefusal extends Refusal {
  constructor(status: number, code: string, message: string, problems: readonly string[], guidance: string | null) {
    const transient = TRANSIENT_STATUSES.has(status) || code === 'in_progress';
    super(message, {
      guidance: guidance ?? (transient ? 'Wait a moment, then repeat the command.' : null),
      code,
      exitCode: status === 422 || status === 413 ? EXIT.usage : EXIT.failed,
      problems,
      transient,
    });
  }
}

interface RequestOptions {
  readonly body?: unknown;
  /** Idempotency-Key. */
  readonly key?: string;
}

/** The HTTP API, typed. Every method throws ApiRefusal for an answer of 4xx or 5xx, and Refusal for one that is not the API's. */
export class Client {
  readonly #send: Send;
  /** Who answers, for messages. */
  readonly #where: string;
  readonly #guidance: (answer: RefusedAnswer) => string | null;

  /** @param guidance what to do about a refusal, beyond what it says itself */
  constructor(send: Send, where: string, guidance: (answer: RefusedAnswer) => string | null = () => null) {
    this.#send = send;
    this.#where = where;
    this.#guidance = guidance;
  }

  /** Whether the server answers and reaches its store. */
  async health(): Promise<void> {
    await this.#call('GET', '/health', z.object({ status: z.literal('ok') }));
  }

  /**
   * Starts a research; returns its operation's id.
   * @param key the same for every attempt at the same request, so that however often it is sent, one research starts
   */
  async trigger(body: TriggerBody, key: string): Promise<string> {
    const answer = await this.#call('POST', '/agent/trigger', z.object({ operation_id: z.string() }), { body, key });
    return answer.operation_id;
  }

  async operation(operationId: string): Promise<OperationView> {
    return (await this.#call('GET', operationPath(operationId), z.object({ data: operationViewSchema }))).data;
  }

  /** Newest first. */
  async operations(query: { readonly limit: number; readonly status?: ViewStatus }): Promise<Page<OperationRow>> {
    const schema = z.object({ data: z.array(operationRowSchema), total_count: z.int() });
    const { data, total_count: total } = await this.#call('GET', `/operations?${search(query)}`, schema);
    return { rows: data, total };
  }

  /** Asks for the operation to be cancelled. */
  async cancel(operationId: string, reason: string): Promise<Cancellation> {
    try {
      await this.#call('DELETE', operationPath(operationId), z.object({ success: z.literal(true) }), { body: { reason } });
      return { cancelled: true };
    } catch (error) {
      if (error instanceof ApiRefusal && error.code !== null && NOT_CANCELLABLE.has(error.code)) return { cancelled: false, message: error.message };
      throw error;
    }
  }

  /** Starts the operation's research again; returns the new operation's id. */
  async retry(operationId: string, key: string): Promise<string> {
    const schema = z.object({ data: z.object({ operation_id: z.string() }) });
    return (await this.#call('POST', `${operationPath(operationId)}/retry`, schema, { key })).data.operation_id;
  }

  /** Newest first. */
  async experiments(query: { readonly limit: number }): Promise<ExperimentPage> {
    const { data, total_count: total, unreadable } = await this.#call('GET', `/experiments?${search(query)}`, experimentPageSchema);
    return { rows: data, total, unreadable };
  }

  async experiment(experimentId: string): Promise<Experiment> {
    return (await this.#call('GET', `/experiments/${encodeURIComponent(experimentId)}`, z.object({ data: experimentSchema }))).data;
  }

  /** An experiment of an operation, or one that was imported. */
  async anyExperiment(experimentId: string): Promise<{ readonly own: Experiment } | { readonly imported: ImportedExperiment }> {
    const schema = z.object({ data: z.union([experimentSchema.transform((own) => ({ own })), importedExperimentSchema.transform((imported) => ({ imported }))]) });
    return (await this.#call('GET', `/experiments/${encodeURIComponent(experimentId)}`, schema)).data;
  }

  /** Ids of the records that are, or would be, new; or why none of the batch was imported. */
  async importRecords(body: ImportBatch): Promise<{ readonly stored: readonly string[]; readonly conflicts: readonly string[] }> {
    try {
      const schema = z.object({ data: z.object({ stored: z.array(z.string()) }) });
      const { data } = await this.#call('POST', '/experiments/imports', schema, { body });
      return { stored: data.stored, conflicts: [] };
    } catch (error) {
      if (error instanceof ApiRefusal && error.code === 'IMPORT_CONFLICT') return { stored: [], conflicts: error.problems };
      throw error;
    }
  }

  /** Newest id first. */
  async hypotheses(query: { readonly limit: number; readonly status?: string }): Promise<Page<Hypothesis>> {
    const schema = z.object({ data: z.array(hypothesisSchema), total_count: z.int() });
    const { data, total_count: total } = await this.#call('GET', `/hypotheses?${search(query)}`, schema);
    return { rows: data, total };
  }

  async hypothesis(id: string): Promise<Hypothesis> {
    return (await this.#call('GET', `/hypotheses/${encodeURIComponent(id)}`, z.object({ data: hypothesisSchema }))).data;
  }

  async addHypothesis(body: { readonly text: string; readonly rationale?: string; readonly source_experiment?: string }): Promise<Hypothesis> {
    return (await this.#call('POST', '/hypotheses', z.object({ data: hypothesisSchema }), { body })).data;
  }

  async testHypothesis(id: string, body: { readonly experiment_id: string; readonly verdict: TestVerdict }): Promise<Hypothesis> {
    return (await this.#call('POST', `/hypotheses/${encodeURIComponent(id)}/tests`, z.object({ data: hypothesisSchema }), { body })).data;
  }

  /** Asks for leave to upload a file of market data; null where the same bytes are stored already. */
  async uploadMarketData(file: MarketDataFile): Promise<UploadGrant | null> {
    const schema = z.object({ data: z.object({ upload: uploadGrantSchema.nullable() }) });
    return (await this.#call('POST', '/market-data/uploads', schema, { body: file })).data.upload;
  }

  /** Stores a strategy under its own name; `exists` where another one has that name and must not be replaced. */
  async storeStrategy(body: { readonly yaml: string; readonly overwrite: boolean }): Promise<'stored' | 'unchanged' | 'exists'> {
    try {
      const { status } = await this.#answer('POST', '/strategies', z.object({ success: z.literal(true) }), { body });
      return status === 201 ? 'stored' : 'unchanged';
    } catch (error) {
      if (error instanceof ApiRefusal && error.code === 'STRATEGY_EXISTS') return 'exists';
      throw error;
    }
  }

  /** By name. */
  async strategies(query: { readonly limit: number; readonly offset?: number }): Promise<Page<StoredStrategy>> {
    const schema = z.object({ data: z.array(storedStrategySchema), total_count: z.int() });
    const { data, total_count: total } = await this.#call('GET', `/strategies?${search(query)}`, schema);
    return { rows: data, total };
  }

  async #call<T>(method: string, path: string, schema: z.ZodType<T>, options: RequestOptions = {}): Promise<T> {
    return (await this.#answer(method, path, schema, options)).content;
  }

  async #answer<T>(method: string, path: string, schema: z.ZodType<T>, { body, key }: RequestOptions): Promise<{ readonly status: number; readonly content: T }> {
    const response = await this.#send(`/api/v1${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...(key !== undefined && { 'idempotency-key': key }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = readJson(await response.text());
    if (!response.ok) {
      const { status } = response;
      const refusal = refusalOf(answer);
      if (refusal === null) throw this.#foreign(`status ${status} and no reason`, { transient: TRANSIENT_STATUSES.has(status) });
      const { code, message, problems } = refusal;
      throw new ApiRefusal(status, code, message, problems, this.#guidance({ status, code, message, date: dateOf(response) }));
    }
    const parsed = schema.safeParse(answer);
    if (!parsed.success) throw this.#foreign(`something this version cannot read (${z.prettifyError(parsed.error)})`, { cause: parsed.error });
    return { status: response.status, content: parsed.data };
  }

  #foreign(what: string, details: { readonly transient?: boolean; readonly cause?: unknown }): Refusal {
    return new Refusal(`${this.#where} answered with ${what}.`, {
      guidance: 'Check that this address is a Tocsin server, of the same version as this program.',
      ...details,
    });
  }
}

function dateOf({ headers }: Response): Date | null {
  const said = headers.get('date');
  if (said === null) return null;
  const date = new Date(said);
  return Number.isNaN(date.getTime()) ? null : date;
}

function operationPath(operationId: string): string {
  return `/operations/${encodeURIComponent(operationId)}`;
}

/** The JSON value, or undefined for text that is none. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // oxlint-disable-next-line loud/no-swallowed-error -- not the API's answer: the caller says so, with the status
    return undefined;
  }
}

function search(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  return new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)]))).toString();
}
