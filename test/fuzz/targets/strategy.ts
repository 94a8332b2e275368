import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseStrategy, strategyText } from '../../../shared/strategy/parse.ts';
import { strategyTree } from '../../../shared/strategy/testing/strategy-tree.ts';
import type { Target } from '../campaign.ts';
import { requireCleanPrototypes, requireReadable } from '../refusal.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));
const files = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.yaml')).toSorted().map((name) => join(folder, name));

const aliases = ['a: &a [x, x, x, x, x, x, x, x, x]'];
for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'] as unknown as readonly string[]) aliases.push(`${to}: &${to} [${`*${from}, `.repeat(9)}]`);

/** The reader of strategies: YAML text, in UTF-8 or as JavaScript strings of any half-words, and parsed JSON. */
export const strategyTarget: Target = {
  name: 'strategy',
  covers: '/shared/strategy/',
  corpus: [
    ...[...files(EXAMPLES), ...files(join(EXAMPLES, 'grammar'))].map((file) => new Uint8Array(readFileSync(file))),
    ...[strategyText(strategyTree()), JSON.stringify(strategyTree()), aliases.join('\n'), '', 'a: *b', '&a [*a]', '<<: [{a: 1}, {b: 2}]'].map((text) => new TextEncoder().encode(text)),
  ],
  dictionary: [
    'name: ', 'indicators:\n', 'fuzzy_sets:\n', 'nn_inputs:\n', 'training:\n', 'model:\n', 'decisions:\n', 'timeframes: all', 'type: rsi', 'period: 14', 'zigzag', 'triple_barrier', 'regime',
    'context_data:\n  - {provider: fred, series: VIX}\n', 'data_source: ', 'multi_symbol', 'regression', 'lstm', 'sequence_length: 9', 'hidden_layers: [', 'raw_indicator: ', '  ', '- ', ': ', '\n', '!!binary ', '!!set ', '!!omap ', '!!timestamp ', '|\n', '>-\n', '%YAML 1.1\n---\n',
  ],
  run(input) {
    const outcomes = sourcesOf(input).map((source) => outcomeOf(source));
    requireCleanPrototypes();
    return outcomes[0]!;
  },
};

function sourcesOf(input: Uint8Array): unknown[] {
  const text = Buffer.from(input).toString('utf8');
  // Half-words as UTF-16 has them, surrogates without their other half among them.
  const halves = input.length % 7 === 0 ? [Buffer.from(input).toString('utf16le')] : [];
  return [text, ...halves, ...json(text)];
}

function json(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function outcomeOf(source: unknown): string {
  const parsed = parseStrategy(source);
  if (!parsed.ok) {
    if (parsed.problems.length === 0 || parsed.problems.length > 101) throw new Error(`${parsed.problems.length} problems`);
    for (const { path, message } of parsed.problems) {
      if (path !== '') requireReadable(path, 300);
      requireReadable(message, 2_010);
    }
    return 'STRATEGY_INVALID';
  }
  for (const notice of parsed.notices) requireReadable(notice, 2_300);
  if (parsed.strategy.features.length === 0) throw new Error('a strategy without features');
  const again = parseStrategy(source);
  if (!again.ok || again.canonical !== parsed.canonical) throw new Error('read twice, it is another strategy');
  return 'strategy';
}
