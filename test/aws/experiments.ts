import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { experimentIdOf, experimentKey } from '../../shared/memory/keys.ts';
import { s3, target } from './cloud.ts';

/** How often an operation's experiment was ever written, removed versions included. */
export async function experimentWrites(operationId: string): Promise<number> {
  const Prefix = experimentKey(experimentIdOf(operationId));
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: target.bucket, Prefix }));
  return Versions.length;
}

/** Asserts that an operation never had an experiment. */
export async function expectNoExperiment(operationId: string): Promise<void> {
  expect(await experimentWrites(operationId), operationId).toBe(0);
}
