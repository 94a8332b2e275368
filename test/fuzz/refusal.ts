import { FAILURES, PipelineError } from '../../shared/errors/index.ts';

/** Longest message that a person is asked to read. */
const LONGEST_MESSAGE = 8_000;

/** Code of a typed refusal that a person can read. Throws the error itself where it is none of the `types`. */
export function refusalOf(error: unknown, ...types: readonly (new (...init: never) => PipelineError)[]): string {
  if (!(error instanceof PipelineError) || !types.some((type) => error instanceof type)) throw error;
  if (!Object.hasOwn(FAILURES, error.code)) throw new Error(`${error.code} is not in the catalogue`);
  if (error.guidance.trim() === '') throw new Error(`${error.code} has no guidance`);
  requireReadable(error.message, LONGEST_MESSAGE);
  return error.code;
}

/** Throws where a text of ours is not one that a terminal, a log and JSON can show as it is. */
export function requireReadable(text: string, longest: number): void {
  if (text.trim() === '') throw new Error('a message says nothing');
  if (text.length > longest) throw new Error(`a message has ${text.length} characters: ${text.slice(0, 300)}`);
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const control = /[\0-\x08\x0b-\x1f\x7f-\x9f]/.exec(text);
  if (control !== null) throw new Error(`a message holds a control character: ${JSON.stringify(text.slice(0, 500))}`);
  if (/\p{Cs}/u.test(text)) throw new Error(`a message holds half a character: ${JSON.stringify(text.slice(0, 500))}`);
}

/** Throws where an input has changed what all objects have. */
export function requireCleanPrototypes(): void {
  for (const prototype of [Object.prototype, Array.prototype, Map.prototype]) {
    const added = Object.keys(prototype);
    if (added.length > 0) throw new Error(`an input has added ${added.join(', ')} to all objects`);
  }
}
