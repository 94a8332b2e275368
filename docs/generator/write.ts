import { readFile, writeFile } from 'node:fs/promises';
import { strategyGrammar } from './strategy-grammar.ts';

const example = await readFile(new URL('../../examples/grammar/complete.yaml', import.meta.url), 'utf8');
await writeFile(new URL('../strategy-grammar.md', import.meta.url), strategyGrammar(example));
