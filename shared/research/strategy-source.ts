import { STRATEGIES_PREFIX, isStrategyName, strategyKey } from '../memory/keys.ts';
import type { ObjectStore } from '../ports/index.ts';
import { unknownName } from '../strategy/nearest.ts';
import { parseStrategy, strategyText } from '../strategy/parse.ts';
import { at, type Problem } from '../strategy/report.ts';
import type { Strategy } from '../strategy/strategy.ts';

/** A strategy to run with the text to keep of it, or what is wrong with it. */
export type StrategySource =
  | { readonly outcome: 'found'; readonly strategy: Strategy; readonly text: string; readonly notices: readonly string[] }
  | { readonly outcome: 'unknown_strategy'; readonly message: string }
  | { readonly outcome: 'invalid_strategy'; readonly problems: readonly Problem[] };

/**
 * Reads a strategy as requests give it: the name of a stored one, YAML text (it has a line break, a colon or a brace, which
 * names have not), or a JSON object.
 * @throws StorageError where the store cannot tell
 */
export async function findStrategy(objects: ObjectStore, source: unknown): Promise<StrategySource> {
  if (typeof source !== 'string' || /[\n:{]/.test(source)) return readStrategy(source);
  const stored = isStrategyName(source) ? await objects.get(strategyKey(source)) : null;
  if (stored !== null) return readStored(stored);
  const names = (await objects.list(STRATEGIES_PREFIX)).flatMap(({ key }) => strategyNameOf(key) ?? []);
  return { outcome: 'unknown_strategy', message: unknownName('strategy', source, names) };
}

/** Reads a strategy that was stored as a file. */
export function readStored(bytes: Uint8Array): StrategySource {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { outcome: 'invalid_strategy', problems: [{ path: '', message: 'is not UTF-8 text' }] };
  }
  return readStrategy(text);
}

/** Reads YAML text or a JSON value. */
export function readStrategy(source: unknown): StrategySource {
  const reordered = typeof source === 'string' ? [] : integerKeys(source, '', 0);
  if (reordered.length > 0) return { outcome: 'invalid_strategy', problems: reordered };
  const parsed = parseStrategy(source);
  if (!parsed.ok) return { outcome: 'invalid_strategy', problems: parsed.problems };
  return { outcome: 'found', strategy: parsed.strategy, text: strategyText(source), notices: parsed.notices };
}

/** The name under which a strategy is stored, or null for keys of anything else. */
export function strategyNameOf(key: string): string | null {
  const name = key.startsWith(STRATEGIES_PREFIX) ? /^(.+)\.yaml$/.exec(key.slice(STRATEGIES_PREFIX.length))?.[1] : undefined;
  return name !== undefined && isStrategyName(name) ? name : null;
}

/** JSON parsers move keys that are whole numbers to the front, and the order of keys is the order of the model's inputs. */
function integerKeys(value: unknown, path: string, depth: number): Problem[] {
  // Nesting this deep is refused by the parser of strategies.
  if (typeof value !== 'object' || value === null || depth > 50) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, entry]) => {
    const place = at(path, isList ? Number(key) : key);
    const below = integerKeys(entry, place, depth + 1);
    if (!isList && /^(0|[1-9]\d*)$/.test(key)) {
      below.unshift({ path: place, message: 'is a key that JSON does not keep in its place: send the strategy as YAML text' });
    }
    return below;
  });
}
