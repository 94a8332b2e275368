import { readFileSync, statSync } from 'node:fs';

const PROJECT = new URL('../', import.meta.url);
const BUILD = new URL('dist/tocsin/', PROJECT);

/**
 * The module of the built program, or undefined where none was built, or where a file that it was made of has changed since: then the
 * sources are what is run. `sources.json`, which `build.ts` leaves, holds size and time of change of each.
 */
export function builtProgram() {
  let sources;
  try {
    sources = JSON.parse(readFileSync(new URL('sources.json', BUILD), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
  const isCurrent = sources.every(({ path, size, mtimeMs }) => {
    const there = statSync(new URL(path, PROJECT), { throwIfNoEntry: false });
    return there !== undefined && there.size === size && there.mtimeMs === mtimeMs;
  });
  return isCurrent ? new URL('main.js', BUILD).href : undefined;
}
