import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { type Operation, operationSchema } from '../../memory-schema/operation.ts';
import type { MemoryOperationStore } from '../../shared/ports/testing/memory-operation-store.ts';
import { TaskError } from './state-machine.ts';

type Tree = Readonly<Record<string, unknown>>;

/**
 * DynamoDB's UpdateItem on a store in memory, as far as the research cycle uses it: `SET path = :value, path = path` on condition
 * `path IN (:value, ...)`. `update-item.test.ts` holds it against the embedded DynamoDB.
 * @throws TaskError as Step Functions has it where the condition is not met
 */
export function updateItem(store: MemoryOperationStore, input: UpdateItemCommandInput): void {
  const id = String(valueOf(input.Key?.['id']));
  const changed = store.replace(
    id,
    (operation) => isMet(operation, input),
    (operation) => operationSchema.parse(assigned(operation, input)),
  );
  if (!changed) throw new TaskError('DynamoDB.ConditionalCheckFailedException', 'The conditional request failed');
}

function isMet(operation: Operation, { ConditionExpression, ExpressionAttributeNames: names, ExpressionAttributeValues: values }: UpdateItemCommandInput): boolean {
  if (ConditionExpression === undefined) return true;
  const [, path, list] = parsed(/^(\S+) IN \((.+)\)$/, ConditionExpression);
  return list!.split(', ').some((name) => valueOf(values?.[name]) === at(operation, keysOf(path!, names)));
}

function assigned(operation: Operation, { UpdateExpression, ExpressionAttributeNames: names, ExpressionAttributeValues: values }: UpdateItemCommandInput): Tree {
  const [, assignments] = parsed(/^SET (.+)$/, String(UpdateExpression));
  let after: Tree = operation;
  for (const assignment of assignments!.split(', ')) {
    const [, target, source] = parsed(/^(\S+) = (\S+)$/, assignment);
    const value = source!.startsWith(':') ? valueOf(values?.[source!]) : at(operation, keysOf(source!, names));
    after = withValue(after, keysOf(target!, names), value);
  }
  return after;
}

function parsed(pattern: RegExp, text: string): RegExpExecArray {
  const match = pattern.exec(text);
  if (match === null) throw new Error(`This interpreter does not understand ${text}.`);
  return match;
}

function keysOf(path: string, names: UpdateItemCommandInput['ExpressionAttributeNames']): readonly string[] {
  return path.split('.').map((name) => {
    const key = names?.[name];
    if (key === undefined) throw new Error(`${name} in ${path} stands for nothing.`);
    return key;
  });
}

function valueOf(value: unknown): string | number {
  const { S, N } = value as { readonly S?: string; readonly N?: string };
  if (S !== undefined) return S;
  if (N !== undefined) return Number(N);
  throw new Error(`This interpreter does not understand the value ${JSON.stringify(value)}.`);
}

function at(tree: unknown, keys: readonly string[]): unknown {
  return keys.reduce((value, key) => (value as Tree)[key], tree);
}

function withValue(tree: Tree, [key, ...rest]: readonly string[], value: unknown): Tree {
  return { ...tree, [key!]: rest.length === 0 ? value : withValue(tree[key!] as Tree, rest, value) };
}
