import { open } from 'node:fs/promises';
import { parseStrategy } from '../shared/strategy/parse.ts';
import { problemLine } from '../shared/strategy/report.ts';
import type { Strategy } from '../shared/strategy/strategy.ts';
import { EXIT, Refusal } from './refusal.ts';
import { messageOf } from '../shared/errors/message.ts';

/** The API takes no more, and the grammar needs far less. */
const LARGEST_BYTES = 256 * 1024;

export interface StrategyFile {
  readonly text: string;
  readonly strategy: Strategy;
  /** How unusual fields were read. */
  readonly notices: readonly string[];
}

/** Reads and validates a strategy file. Throws Refusal, with status 2 and every problem, for one that cannot be run. */
export async function readStrategyFile(path: string): Promise<StrategyFile> {
  const text = await readText(path);
  const parsed = parseStrategy(text);
  if (parsed.ok) return { text, strategy: parsed.strategy, notices: parsed.notices };
  throw new Refusal(`The strategy file ${path} is not valid; nothing was started.`, {
    problems: parsed.problems.map((problem) => problemLine(problem)),
    guidance: `Correct every field named, then check the file with: tocsin validate ${path}`,
    exitCode: EXIT.usage,
  });
}

async function readText(path: string): Promise<string> {
  const bytes = await readBounded(path).catch((error: unknown) => {
    throw new Refusal(`The strategy file ${path} cannot be read: ${messageOf(error)}.`, { exitCode: EXIT.usage, cause: error });
  });
  if (bytes.length > LARGEST_BYTES) {
    throw new Refusal(`The strategy file ${path} is larger than ${LARGEST_BYTES / 1024} KB, which no strategy needs.`, { exitCode: EXIT.usage });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Refusal(`The strategy file ${path} is not UTF-8 text.`, { exitCode: EXIT.usage, cause: error });
  }
}

/** The file's bytes, or of a larger file one more than the limit. */
async function readBounded(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const buffer = new Uint8Array(LARGEST_BYTES + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}
