/**
 * `npm run build`, which `npm ci` runs by itself: makes JavaScript of the command line and of its workers, so that no command has to compile, resolve
 * and load some hundred modules before it starts. `tocsin.mjs` runs what was built as long as its sources are as they were, else the sources.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { FOR_NODE } from '../infra/bundle.ts';
import { BUILDS, CURRENT, currentBuild, type Stamp, stampOf } from './built-program.mjs';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const HOUR_MS = 3_600_000;

/** What is not read as a module, and has a part in the result all the same; the last tells that other versions of packages were installed. */
const MORE_SOURCES = ['cli/build.ts', 'infra/bundle.ts', 'package.json', 'tsconfig.json', 'node_modules/.package-lock.json'];

/** Builds into a folder; returns the stamp that each file of ours had before it was read, by path. */
async function buildInto(outdir: string): Promise<ReadonlyMap<string, Stamp>> {
  const stamps = new Map(MORE_SOURCES.map((path) => [path, stampOf(path)]));
  const noteSources: Plugin = {
    name: 'note-sources',
    setup(made) {
      made.onLoad({ filter: /./ }, ({ path: file }) => {
        const path = relative(PROJECT, file).replaceAll('\\', '/');
        if (!path.includes('node_modules/')) stamps.set(path, stampOf(path));
        return null;
      });
    },
  };
  await build({
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
    plugins: [noteSources, ...FOR_NODE.plugins],
  });
  return stamps;
}

const builds = fileURLToPath(BUILDS);
const current = fileURLToPath(CURRENT);
const name = `${Date.now()}-${process.pid}`;
mkdirSync(join(builds, name), { recursive: true });
try {
  const stamps = await buildInto(join(builds, name));
  for (const [path, stamp] of stamps) {
    if (stampOf(path) !== stamp) throw new Error(`${path} was changed while the program was built of it. Run npm run build again.`);
  }
  const previous = currentBuild()?.name;
  // Named in one move: nobody starts what is half built.
  writeFileSync(`${current}.${process.pid}`, JSON.stringify({ name, sources: [...stamps] }));
  renameSync(`${current}.${process.pid}`, current);
  // Programs at work still load parts of the build before this one, and others may be building.
  const isOver = (entry: string) => statSync(join(builds, entry)).mtimeMs < Date.now() - HOUR_MS;
  for (const entry of readdirSync(builds)) {
    if (entry !== name && entry !== previous && isOver(entry)) rmSync(join(builds, entry), { recursive: true, force: true });
  }
} catch (error) {
  rmSync(join(builds, name), { recursive: true, force: true });
  throw error;
}
