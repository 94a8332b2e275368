import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { z } from 'zod';
import type { Emulator } from '../start.ts';

const run = promisify(execFile);
const here = import.meta.dirname;
const root = path.resolve(here, '../../../..');
const tsx = createRequire(import.meta.url).resolve('tsx');

/** Credentials that every emulator accepts. */
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
export const REGION = 'us-east-1';

const outputs = z.object({
  table: z.string(),
  bucket: z.string(),
  worker: z.string(),
  hasty: z.string(),
  stranger: z.string(),
  unready: z.string(),
  statesRole: z.string(),
  muteRole: z.string(),
  notices: z.string(),
  letters: z.string(),
  apiId: z.string(),
});

/** What the deployed stack is made of, and the folder where its functions leave the events that they got. */
export type Deployment = z.infer<typeof outputs> & { readonly outbox: string };

export interface DeployedProbe {
  readonly deployment: Deployment;
  /** Removes the local files that the stack was made from. */
  readonly remove: () => Promise<void>;
}

/**
 * Bootstraps the emulator's account and deploys the probe stack to it with the CDK CLI.
 *
 * @param asCaller with the caller's own credentials, not with the roles that bootstrap makes
 */
export async function deployProbe(emulator: Emulator, { asCaller = false } = {}): Promise<DeployedProbe> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tocsin-probe-'));
  const outbox = path.join(folder, 'outbox');
  const code = path.join(folder, 'code');
  await mkdir(outbox);
  await build({
    entryPoints: { index: path.join(here, 'function.ts') },
    outdir: code,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });

  const cdk = async (...args: readonly string[]) => {
    await run(path.join(root, 'node_modules/.bin/cdk'), [...args, '--output', path.join(folder, 'cdk.out')], {
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        CI: 'true',
        CDK_DISABLE_VERSION_CHECK: '1',
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        AWS_REGION: REGION,
        AWS_ENDPOINT_URL: emulator.secureEndpoint,
        AWS_ENDPOINT_URL_S3: emulator.secureEndpoint,
        NODE_EXTRA_CA_CERTS: emulator.certificateFile,
        PROBE_CODE: code,
        PROBE_OUTBOX: outbox,
        PROBE_AS_CALLER: asCaller ? '1' : '0',
      },
    });
  };
  const app = ['--app', `${process.execPath} --import ${tsx} ${path.join(here, 'app.ts')}`] as const;
  await cdk('bootstrap', `aws://000000000000/${REGION}`);
  const outputsFile = path.join(folder, 'outputs.json');
  await cdk('deploy', ...app, '--require-approval', 'never', '--outputs-file', outputsFile);
  const deployed = z.object({ Probe: outputs }).parse(JSON.parse(await readFile(outputsFile, 'utf8')));
  return {
    deployment: { ...deployed.Probe, outbox },
    remove: async () => {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
