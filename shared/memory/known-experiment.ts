import type { Ports } from '../ports/index.ts';
import { readImported } from './imported-experiments.ts';
import { operationIdOf } from './keys.ts';

/** Whether there is an experiment with this id, and if not, why: only completed operations have one, and imports are. */
export async function whyUnknown(ports: Pick<Ports, 'objects' | 'operations'>, experimentId: string): Promise<string | null> {
  const operationId = operationIdOf(experimentId);
  const operation = operationId === null ? null : await ports.operations.get(operationId);
  if (operation?.status === 'completed') return null;
  if ((await readImported(ports.objects, experimentId)) !== null) return null;
  return operation === null ? `there is no experiment ${experimentId}` : `there is no experiment ${experimentId}: its operation is ${operation.status}`;
}
