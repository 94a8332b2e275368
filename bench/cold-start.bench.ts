import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { bundleEntry, bundleFunction } from '../infra/bundle.ts';
import { FUNCTION_NAMES } from '../infra/function-sizes.ts';
import { HOST, startLambda } from '../test/support/lambda.ts';
import type { BenchResult } from './bench-result.ts';

const STARTS = 15;
const MB = 1_000_000;
/** Below the project, where packages are found, and not kept with it. */
const ENTRIES = fileURLToPath(new URL('../dist/cold-start', import.meta.url));
const PACKAGES = [
  'zod',
  'yaml',
  'hono',
  '@hono/zod-openapi',
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/lib-dynamodb',
  '@aws-sdk/client-s3',
  '@aws-sdk/s3-request-presigner',
  '@aws-sdk/client-sfn',
  '@aws-sdk/client-eventbridge',
  'protobufjs',
] as const;
const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  STAGE: 'bench',
  TABLE_NAME: 'operations',
  BUCKET_NAME: 'bucket',
  CAPACITY: '2',
  STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:000000000000:stateMachine:research-cycle',
};

/** What the functions weigh and how long their modules take to load in a new process, and what single packages add to that. */
export async function coldStartBench(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-cold-start-'));
  try {
    return [...(await functionResults(folder)), ...(await packageResults(folder))];
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(ENTRIES, { recursive: true, force: true });
  }
}

async function functionResults(folder: string): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const name of FUNCTION_NAMES) {
    const bundle = join(folder, name);
    await bundleFunction(name, bundle, { architecture: 'x64' });
    const native = name === 'train' || name === 'backtest';
    const zipped = await zippedSize(bundle);
    results.push({ name: `${name}: zip for linux x64`, unit: 'MB', value: zipped / MB, target: native ? { atMost: 20 } : null, note: '' });
    await bundleFunction(name, bundle, HOST);
    const { size } = await stat(join(bundle, 'index.mjs'));
    results.push({ name: `${name}: index.mjs`, unit: 'MB', value: size / MB, target: name === 'api' ? { atMost: 1.2 } : null, note: '' });
    const load = await medianLoad(bundle);
    const note = `median of ${STARTS} new processes, source maps enabled`;
    results.push({ name: `${name}: modules loaded in`, unit: 'ms', value: load, target: name === 'api' ? { atMost: 250 } : null, note });
  }
  return results;
}

async function packageResults(folder: string): Promise<BenchResult[]> {
  await mkdir(ENTRIES, { recursive: true });
  const measured = async (code: string) => {
    const entry = join(ENTRIES, 'entry.mjs');
    const bundle = join(folder, 'package');
    await writeFile(entry, `${code}\nexport const handler = () => {};\n`);
    await bundleEntry(entry, bundle, HOST);
    return { bytes: (await stat(join(bundle, 'index.mjs'))).size, load: await medianLoad(bundle) };
  };
  const nothing = await measured('');
  const results: BenchResult[] = [];
  for (const name of PACKAGES) {
    const { bytes, load } = await measured(`export * as all from '${name}';`);
    const note = `${((bytes - nothing.bytes) / 1000).toFixed(0)} KB; the whole package alone: AWS clients share about 300 KB, and a function takes less than the whole`;
    results.push({ name: `package ${name}`, unit: 'ms', value: Math.max(0, load - nothing.load), target: null, note });
  }
  return results;
}

async function medianLoad(bundle: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const instance = await startLambda(bundle, ENVIRONMENT);
    times.push(instance.loadMs);
    await instance.close();
  }
  return times.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)]!;
}

async function zippedSize(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += deflateRawSync(await readFile(join(entry.parentPath, entry.name))).length;
  }
  return bytes;
}
