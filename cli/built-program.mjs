import { readFileSync, statSync } from 'node:fs';

const PROJECT = new URL('../', import.meta.url);

/** Holds a folder for each build. */
export const BUILDS = new URL('dist/tocsin/', PROJECT);

/** Names the build that counts, and the stamps of its sources; `build.ts` writes it last. */
export const CURRENT = new URL('current.json', BUILDS);

/** Size and times of a file below the project's folder, or `none`: another stamp, another file. The time of change cannot be set back as that of modification can. */
export function stampOf(path) {
  const there = statSync(new URL(path, PROJECT), { throwIfNoEntry: false });
  return there === undefined ? 'none' : `${there.size} ${there.mtimeMs} ${there.ctimeMs}`;
}

/** What `CURRENT` says, or undefined where nothing was built. */
export function currentBuild() {
  try {
    return JSON.parse(readFileSync(CURRENT, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw new Error('dist/tocsin/current.json cannot be read: remove the folder dist/tocsin; npm run build makes it anew.', { cause: error });
  }
}

/** The main module of the built program, or undefined where none was built, or where a file that it was made of has changed since: then the sources are run. */
export function builtProgram() {
  const build = currentBuild();
  if (build === undefined || build.sources.some(([path, stamp]) => stampOf(path) !== stamp)) return undefined;
  return new URL(`${build.name}/main.js`, BUILDS).href;
}
