import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Target } from './target.ts';

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const CDK = join(PROJECT, 'node_modules/.bin/cdk');
const EMULATED_ACCOUNT = '000000000000';
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

/** As many researches as the tests start at once. */
const CAPACITY = 20;

const outputsSchema = z.object({ ApiUrl: z.string(), BucketName: z.string(), TableName: z.string(), StateMachineArn: z.string() });

export interface Assembly {
  readonly folder: string;
  readonly stage: string;
  remove(): Promise<void>;
}

/** Builds the functions and synthesizes the stack of a stage as it is deployed anywhere. */
export async function synthesize(stage: string): Promise<Assembly> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-aws-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const context = ['-c', `stage=${stage}`, '-c', `capacity=${CAPACITY}`];
  try {
    await run(CDK, ['synth', '--quiet', ...context, '--output', join(folder, 'assembly')], { cwd: PROJECT, maxBuffer: MOST_OUTPUT_BYTES });
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, stage, remove };
}

/** Prepares an emulator's account for the CDK. An account of AWS is prepared by its owner. */
export async function bootstrap(region: string): Promise<void> {
  // Elsewhere, so that the CLI does not synthesize the project for it.
  await run(CDK, ['bootstrap', `aws://${EMULATED_ACCOUNT}/${region}`], { cwd: tmpdir(), maxBuffer: MOST_OUTPUT_BYTES });
}

/** Deploys the assembly with the CDK CLI, which reads endpoint and credentials from the environment. */
export async function deploy(assembly: Assembly, endpoint: string | null, region: string): Promise<Omit<Target, 'unjudged'>> {
  const file = join(assembly.folder, 'outputs.json');
  const options = ['--app', join(assembly.folder, 'assembly'), '--require-approval', 'never', '--outputs-file', file];
  await run(CDK, ['deploy', ...options], { cwd: PROJECT, maxBuffer: MOST_OUTPUT_BYTES });
  const outputs = z.record(z.string(), outputsSchema).parse(JSON.parse(await readFile(file, 'utf8')))[`tocsin-${assembly.stage}`];
  if (outputs === undefined) throw new Error(`The deployment has no outputs for the stage ${assembly.stage}.`);
  return {
    endpoint,
    region,
    stage: assembly.stage,
    api: endpoint === null ? outputs.ApiUrl : emulatedApi(endpoint, outputs.ApiUrl),
    bucket: outputs.BucketName,
    table: outputs.TableName,
    stateMachineArn: outputs.StateMachineArn,
    capacity: CAPACITY,
  };
}

/** The path under which LocalStack, LocalEmu and MiniStack serve an API: they have no host name for it that resolves everywhere. */
function emulatedApi(endpoint: string, url: string): string {
  const [, id, stage] = /^https?:\/\/([a-z0-9]+)\..*\/([^/]+)\/?$/.exec(url) ?? [];
  if (id === undefined || stage === undefined) throw new Error(`The API's address ${url} does not begin with its id.`);
  return `${endpoint}/_aws/execute-api/${id}/${stage}`;
}
