import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  stringify,
  type Document,
  type Pair,
  type ParsedNode,
} from 'yaml';
import { readable } from '../printable.ts';
import { shown } from './nearest.ts';
import { at, type Report } from './report.ts';
import { LIMITS, TreeGuard, type Tree, type TreeMap } from './tree.ts';
import { YAML_1_1_SCALARS } from './yaml-scalars.ts';

const SCHEMA = { schema: 'failsafe', customTags: YAML_1_1_SCALARS, resolveKnownTags: false, uniqueKeys: false } as const;

/** Lexical tokens read at most; a strategy has about 0.4 for each byte. */
const MAX_TOKENS = 50_000;

/** Syntax errors listed at most: the first is the cause of most others. */
const MAX_SYNTAX_ERRORS = 5;

/**
 * Reads one YAML 1.1 document as PyYAML's `safe_load` would: anchors, aliases and merge keys included. Stricter in what is
 * never meant: duplicate keys, keys that are not text, unknown tags and several documents are problems. Work is bounded
 * by LIMITS before anything is built. Returns null, with problems, where the text cannot be read as a tree.
 */
export function readYaml(text: string, report: Report): Tree {
  if (text.length > LIMITS.bytes || new TextEncoder().encode(text).length > LIMITS.bytes) {
    report.problem('', `is larger than ${LIMITS.bytes / 1024} KB`);
    return null;
  }
  const lines = new LineCounter();
  const documents = compose(text, lines, report);
  if (documents === null) return null;
  if (documents.length > 1) {
    report.problem('', 'holds several YAML documents: a strategy is one');
    return null;
  }
  const document = documents[0]!;
  for (const { pos, message } of [...document.errors, ...document.warnings].slice(0, MAX_SYNTAX_ERRORS)) {
    const { line, col } = lines.linePos(pos[0]);
    report.problem('', `is not YAML at line ${line}, column ${col}: ${readable(message, 200)}`);
  }
  return report.problems.length > 0 ? null : new TreeBuilder(report).read(document.contents);
}

/** Writes a tree as YAML text that `readYaml` reads back as the same tree. */
export function writeYaml(value: unknown): string {
  return stringify(value, { ...SCHEMA, aliasDuplicateObjects: false, lineWidth: 0 });
}

type ParsedDocument = Document.Parsed;

/** Nodes are composed by recursion: too deep a nesting has to be seen token by token, before it. */
function compose(text: string, lines: LineCounter, report: Report): ParsedDocument[] | null {
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer(SCHEMA);
  const documents: ParsedDocument[] = [];
  lines.addNewLine(0);
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    tokens += 1;
    // A block mapping in a block list opens two levels of tokens for each of nodes.
    if (parser.stack.length > 2 * LIMITS.depth) {
      report.problem('', `is nested deeper than ${LIMITS.depth} levels near line ${lines.linePos(parser.offset).line}`);
      return null;
    }
    if (tokens > MAX_TOKENS) {
      report.problem('', 'is too long: it has more words and signs than any strategy');
      return null;
    }
    if (documents.length > 1) return documents;
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(documents.length === 0, text.length));
  return documents;
}

class TreeBuilder {
  readonly #report: Report;
  readonly #guard: TreeGuard;
  readonly #anchors = new Map<string, ParsedNode>();
  #expanding = 0;

  constructor(report: Report) {
    this.#report = report;
    this.#guard = new TreeGuard(report);
  }

  /** Null, with a problem, for a tree that passes a limit. */
  read(node: ParsedNode | null): Tree {
    const tree = this.#build(node, '', 1);
    return this.#guard.broken ? null : tree;
  }

  #build(node: ParsedNode | null, path: string, depth: number): Tree {
    if (node === null || !this.#guard.admit(path, depth)) return null;
    if (isAlias(node)) return this.#expand(node.source, path, depth);
    if (node.anchor !== undefined && this.#expanding === 0) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return node.value as Tree;
    if (isSeq(node)) return node.items.map((item, i) => this.#build(item, at(path, i), depth + 1));
    if (isMap(node)) return this.#map(node.items, path, depth);
    return null;
  }

  #expand(anchor: string, path: string, depth: number): Tree {
    const target = this.#anchors.get(anchor);
    if (target === undefined) {
      this.#report.problem(path, `refers to an anchor &${shown(anchor)} that is not above it`);
      return null;
    }
    this.#expanding += 1;
    const tree = this.#build(target, path, depth + 1);
    this.#expanding -= 1;
    return tree;
  }

  #map(items: readonly Pair<ParsedNode, ParsedNode | null>[], path: string, depth: number): TreeMap {
    const map = new Map<string, Tree>();
    // Merged keys come first and give way to the mapping's own, as PyYAML has it.
    for (const { key, value } of items) {
      if (isMergeKey(key)) this.#merge(map, this.#build(value, at(path, '<<'), depth + 1), at(path, '<<'));
    }
    const own = new Set<string>();
    for (const { key, value } of items) {
      if (isMergeKey(key)) continue;
      const name = isScalar(key) ? key.value : undefined;
      if (typeof name !== 'string') {
        this.#report.problem(path, `has a key that is not text${isScalar(key) && key.source !== undefined ? `: \`${shown(key.source)}\`; quote it` : ''}`);
        continue;
      }
      if (own.has(name)) this.#report.problem(at(path, name), 'is there twice: a key can be given once');
      own.add(name);
      const tree = this.#build(value, at(path, name), depth + 1);
      if (this.#guard.admitKey(path, name)) map.set(name, tree);
    }
    return map;
  }

  #merge(into: Map<string, Tree>, from: Tree, path: string): void {
    const sources = Array.isArray(from) ? (from as Tree[]).toReversed() : [from];
    for (const source of sources) {
      if (source instanceof Map) for (const [key, value] of source as TreeMap) into.set(key, value);
      else if (!this.#guard.broken) this.#report.problem(path, 'must merge a mapping or a list of mappings');
    }
  }
}

function isMergeKey(key: ParsedNode): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<' && key.tag === undefined;
}
