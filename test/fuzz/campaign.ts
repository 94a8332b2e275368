import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seedOf, sfc32 } from '../../shared/random.ts';
import { Coverage } from './coverage.ts';
import { mutated } from './mutate.ts';
import { Watchdog } from './watchdog.ts';

/** Where figures and broken inputs are kept. */
const REPORTS = fileURLToPath(new URL('../../reports/soak/', import.meta.url));

/** The seed of all inputs; FAST_CHECK_SEED tries others. */
export const SEED = Number(process.env['FAST_CHECK_SEED'] ?? 20_260_101);

/** Processor time that one input may take: hundreds of times what the slowest needs. */
const SLOWEST_MS = 2_000;
/** Memory that one input may leave in use for a moment, beyond what was in use before all of them. */
const LARGEST_GROWTH = 512 * 2 ** 20;
/** Inputs between two looks at what they reached. */
const BATCH = 4;
const LARGEST_CORPUS = 2_000;

/** Something that reads bytes which anyone may have written. */
export interface Target {
  readonly name: string;
  /** Inputs to begin with, valid ones above all. */
  readonly corpus: readonly Uint8Array[];
  /** Words of its grammar. */
  readonly dictionary: readonly string[];
  /** Part of the paths of the modules whose coverage guides the search. */
  readonly covers: string;
  /** Gives the outcome in a word, such as the code of the refusal. Throws where what must hold does not. */
  readonly run: (input: Uint8Array) => string | Promise<string>;
}

/** What a campaign came to. */
export interface Figures {
  readonly target: string;
  readonly seed: number;
  readonly inputs: number;
  /** Inputs kept since they reached something new. */
  readonly kept: number;
  /** Different ways through functions, by the blocks of code reached. */
  readonly ways: number;
  /** Processor time of the slowest input. */
  readonly slowestMs: number;
  /** Largest growth of memory seen. */
  readonly grownMb: number;
  readonly seconds: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

/** An input for which something that must hold does not. */
class Broken extends Error {
  override readonly name = 'Broken';
}

/** Tries mutations of the corpus, and of what reached new code, one at a time. */
export async function campaign(target: Target, inputs: number): Promise<Figures> {
  const next = sfc32(seedOf('fuzz', target.name, SEED));
  const draw = (below: number): number => next() % below;
  const dictionary = target.dictionary.map((word) => new TextEncoder().encode(word));
  const corpus = [...target.corpus];
  const outcomes: Record<string, number> = {};
  const began = performance.now();
  const memory = process.memoryUsage().rss;
  let slowestMs = 0;
  let grown = 0;
  await mkdir(REPORTS, { recursive: true });
  const coverage = new Coverage((url) => url.includes(target.covers));
  const watchdog = new Watchdog(join(REPORTS, `${target.name}-hang.bin`));
  try {
    for (let tried = 0; tried < inputs; ) {
      const batch: Uint8Array[] = [];
      while (batch.length < BATCH && tried < inputs) {
        const input = tried < target.corpus.length ? target.corpus[tried]! : mutated(corpus, dictionary, draw);
        batch.push(input);
        tried += 1;
        watchdog.begin(input);
        const before = process.cpuUsage();
        const outcome = await judged(target, input, tried);
        const { user, system } = process.cpuUsage(before);
        slowestMs = Math.max(slowestMs, (user + system) / 1000);
        if ((user + system) / 1000 > SLOWEST_MS) await broken(target, input, tried, new Error(`it took ${(user + system) / 1e6} seconds`));
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
      grown = Math.max(grown, process.memoryUsage().rss - memory);
      if (grown > LARGEST_GROWTH) await broken(target, batch.at(-1)!, tried, new Error(`memory has grown by ${grown} bytes`));
      if (coverage.reachedNew() && corpus.length < LARGEST_CORPUS) corpus.push(...batch);
    }
    return {
      target: target.name,
      seed: SEED,
      inputs,
      kept: corpus.length - target.corpus.length,
      ways: coverage.ways,
      slowestMs: Math.round(slowestMs),
      grownMb: Math.round(grown / 2 ** 20),
      seconds: Math.round((performance.now() - began) / 100) / 10,
      outcomes: Object.fromEntries(Object.entries(outcomes).toSorted(([, a], [, b]) => b - a)),
    };
  } finally {
    coverage.close();
    await watchdog.close();
  }
}

/** Keeps the figures of a campaign beside the other reports. */
export async function keepFigures(figures: Figures): Promise<void> {
  const file = join(REPORTS, `fuzz-${figures.target}.json`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
}

async function judged(target: Target, input: Uint8Array, ordinal: number): Promise<string> {
  try {
    return await target.run(input);
  } catch (error) {
    return await broken(target, input, ordinal, error);
  }
}

async function broken(target: Target, input: Uint8Array, ordinal: number, cause: unknown): Promise<never> {
  const file = join(REPORTS, `${target.name}-${ordinal}.bin`);
  await writeFile(file, input);
  const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  throw new Broken(`Input ${ordinal} of ${target.name} with FAST_CHECK_SEED=${SEED} (kept in ${file}): ${said.slice(0, 2_000)}`, { cause });
}
