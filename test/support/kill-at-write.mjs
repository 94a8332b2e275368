// Loaded before a process of the cycle: kills it, and its parent, at the write of a file. TOCSIN_KILL_AT is `<name>:<when>`: `half` leaves half of the
// content under the temporary name, `after` all of it under its own.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const [name, when] = (process.env.TOCSIN_KILL_AT ?? '').split(':');

const killed = () => {
  // A worker's parent first: it would record that the worker died.
  if (process.send !== undefined) process.kill(process.ppid, 'SIGKILL');
  process.kill(process.pid, 'SIGKILL');
};

/** Wraps what gives a temporary file its name. */
const watched = (give) => async (from, to) => {
  const isIt = name === 'experiment' ? /^exp_.*\.yaml$/.test(basename(String(to))) : basename(String(to)) === name;
  if (isIt && when === 'half') {
    fs.truncateSync(from, Math.floor(fs.statSync(from).size / 2));
    killed();
  }
  const given = await give(from, to);
  if (isIt) killed();
  return given;
};

if (name !== undefined && name !== '') {
  fs.promises.rename = watched(fs.promises.rename);
  fs.promises.link = watched(fs.promises.link);
  syncBuiltinESMExports();
}
