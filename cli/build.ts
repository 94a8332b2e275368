/**
 * `npm run build`, which `npm ci` runs by itself: makes JavaScript of the command line and of its workers, so that no command has to compile, resolve
 * and load some hundred modules before it starts. `tocsin.mjs` runs what was built as long as its sources are as they were, else the sources.
 */
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { FOR_NODE } from '../infra/bundle.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(PROJECT, 'dist');
const FOLDER = join(DIST, 'tocsin');

/** Tells that other versions of packages were installed. */
const INSTALLED = 'node_modules/.package-lock.json';

/** Builds into a folder, and returns which files of ours it was made of. */
async function buildInto(outdir: string): Promise<readonly string[]> {
  const { metafile } = await build({
    ...FOR_NODE,
    entryPoints: ['cli/main.ts', 'local/worker.ts'],
    absWorkingDir: PROJECT,
    outdir,
    // All in one folder: the host of the workers looks for theirs beside itself, whichever file it got into.
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    splitting: true,
    // They load native code, or modules by name, relative to where they lie. tsx serves the sources only.
    external: ['onnxruntime-node', 'classic-level', 'dynalite', 'tsx'],
  });
  return Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules/'));
}

const started = Date.now();
// Beside its place, and moved there as one: nobody starts what is half built.
const made = join(DIST, `tocsin-${process.pid}`);
mkdirSync(made, { recursive: true });
try {
  const sources = [...(await buildInto(made)), INSTALLED].map((path) => {
    const { size, mtimeMs } = statSync(join(PROJECT, path));
    if (mtimeMs >= started) throw new Error(`${path} was changed while the program was built of it. Run npm run build again.`);
    return { path, size, mtimeMs };
  });
  writeFileSync(join(made, 'sources.json'), JSON.stringify(sources));
  rmSync(FOLDER, { recursive: true, force: true });
  renameSync(made, FOLDER);
} finally {
  rmSync(made, { recursive: true, force: true });
}
