import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { BY_CREATION, BY_STATUS } from '../functions/adapters/operations-table.ts';
import { EXPERIMENTS_PREFIX, HYPOTHESES_KEY, IMPORTED_PREFIX, MARKET_DATA_PREFIX, operationIdAt, runKeys, STRATEGIES_PREFIX } from '../shared/memory/keys.ts';
import { acknowledgeBelow } from './acknowledge.ts';
import type { FunctionName } from './function-sizes.ts';
import type { Memory } from './memory.ts';

/** What a function may do with the bucket and the table, and no more. Objects are given as patterns of keys. */
interface MemoryAccess {
  /** Also to be told that there is none: S3 answers 404 only to those who may list the key, and 403 to others. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly deletes: readonly string[];
  /** Beside what it reads. */
  readonly lists: readonly string[];
  readonly tags: readonly string[];
  readonly items: readonly ('GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem')[];
  /** Indexes that it queries. */
  readonly indexes: readonly string[];
}

const MARKET_DATA = `${MARKET_DATA_PREFIX}*`;
const STRATEGIES = `${STRATEGIES_PREFIX}*`;
const EXPERIMENTS = `${EXPERIMENTS_PREFIX}*`;
const IMPORTED = `${IMPORTED_PREFIX}*`;
const RUN = runPatterns();
const INDEXES = [BY_CREATION.name, BY_STATUS.name];

const MEMORY_ACCESS: Readonly<Record<FunctionName, MemoryAccess>> = {
  api: {
    reads: [MARKET_DATA, STRATEGIES, EXPERIMENTS, IMPORTED, HYPOTHESES_KEY, RUN.strategy],
    writes: [MARKET_DATA, STRATEGIES, IMPORTED, HYPOTHESES_KEY, RUN.strategy],
    deletes: [EXPERIMENTS, RUN.strategy],
    lists: [],
    tags: [],
    items: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
    indexes: INDEXES,
  },
  train: {
    reads: [MARKET_DATA, RUN.strategy],
    writes: [RUN.model, RUN.manifest, RUN.training],
    deletes: [],
    lists: [],
    tags: [],
    items: ['GetItem', 'UpdateItem'],
    indexes: [],
  },
  backtest: {
    reads: [MARKET_DATA, RUN.strategy, RUN.training, RUN.model, RUN.manifest],
    writes: [RUN.trades, RUN.equity, RUN.backtest],
    deletes: [],
    lists: [],
    tags: [],
    items: ['GetItem', 'UpdateItem'],
    indexes: [],
  },
  record: {
    reads: [EXPERIMENTS, RUN.strategy, RUN.training, RUN.backtest],
    writes: [EXPERIMENTS],
    deletes: [],
    lists: [],
    tags: [],
    items: ['GetItem', 'UpdateItem'],
    indexes: [],
  },
  reconcile: {
    reads: [],
    writes: [],
    deletes: [EXPERIMENTS],
    lists: [RUN.any],
    tags: [RUN.any],
    items: ['GetItem', 'UpdateItem', 'DeleteItem'],
    indexes: INDEXES,
  },
};

/** Keys of a run's artefacts, as patterns for those of any run. */
function runPatterns() {
  const sample = operationIdAt(new Date(0), 0);
  const patterns = Object.entries(runKeys(sample)).map(([name, key]) => [name, key.replace(sample, '*')]);
  const named = Object.fromEntries(patterns) as ReturnType<typeof runKeys>;
  return { ...named, any: `${named.prefix}*` };
}

/** Lets a function's role do with the memory what `MEMORY_ACCESS` says. */
export function grantMemoryAccess(role: Role, name: FunctionName, { bucket, table }: Memory): void {
  const { reads, writes, deletes, lists, tags, items, indexes } = MEMORY_ACCESS[name];
  const onObjects = (action: string, patterns: readonly string[]) => {
    if (patterns.length === 0) return;
    role.addToPolicy(new PolicyStatement({ actions: [action], resources: patterns.map((pattern) => bucket.arnForObjects(pattern)) }));
    for (const pattern of patterns) acknowledgeBelow(role, bucket, pattern, 'Keys below the prefix are made at run time.');
  };
  onObjects('s3:GetObject', reads);
  onObjects('s3:PutObject', writes);
  onObjects('s3:DeleteObject', deletes);
  onObjects('s3:PutObjectTagging', tags);
  const conditions = { StringLike: { 's3:prefix': [...reads, ...lists] } };
  role.addToPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn], conditions }));
  role.addToPolicy(new PolicyStatement({ actions: items.map((action) => `dynamodb:${action}`), resources: [table.tableArn] }));
  if (indexes.length > 0) {
    role.addToPolicy(
      new PolicyStatement({ actions: ['dynamodb:Query'], resources: indexes.map((index) => `${table.tableArn}/index/${index}`) }),
    );
  }
}
