/**
 * `npm run build`, which `npm ci` runs by itself: makes JavaScript of the command line and of its workers, so that no command has to compile, resolve
 * and load some hundred modules before it starts. `tocsin.mjs` runs what was built as long as its sources are as they were, else the sources.
 */
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { FOR_NODE } from '../infra/bundle.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(PROJECT, 'dist', 'tocsin');

/** Tells that other versions of packages were installed. */
const INSTALLED = 'node_modules/.package-lock.json';

const started = Date.now();
rmSync(FOLDER, { recursive: true, force: true });
const { metafile } = await build({
  ...FOR_NODE,
  entryPoints: ['cli/main.ts', 'local/worker.ts'],
  absWorkingDir: PROJECT,
  outdir: FOLDER,
  // All in one folder: the host of the workers looks for theirs beside itself, whichever file it got into.
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  splitting: true,
  // They load native code, or modules by name, relative to where they lie. tsx serves the sources only.
  external: ['onnxruntime-node', 'classic-level', 'dynalite', 'tsx'],
});
const sources = [...Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules/')), INSTALLED].map((path) => {
  const { size, mtimeMs } = statSync(join(PROJECT, path));
  if (mtimeMs >= started) throw new Error(`${path} was changed while the program was built of it. Run npm run build again.`);
  return { path, size, mtimeMs };
});
writeFileSync(join(FOLDER, 'sources.json'), JSON.stringify(sources));
