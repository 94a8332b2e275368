import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = import.meta.dirname;
const requirements = path.join(here, 'requirements.txt');
const executor = path.join(here, 'executor');
const cache = path.join(here, '../../../node_modules/.cache/tocsin-emulator');

/** The emulator cannot be installed or started here; the message says what to do. Callers exit with 2. */
export class EmulatorUnavailableError extends Error {
  override readonly name = 'EmulatorUnavailableError';
}

async function environmentKey(): Promise<string> {
  const hash = createHash('sha256').update(executor);
  for (const file of [requirements, path.join(executor, 'pyproject.toml')]) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

const REMEDY =
  'Install Python 3.13 or later with its venv module, on the PATH, in pyenv, or named by TOCSIN_PYTHON, and see that PyPI can be reached; ' +
  'or set AWS_ENDPOINT_URL to a LocalStack-compatible endpoint that already runs.';

async function pyenvPythons(): Promise<readonly string[]> {
  const versions = path.join(process.env['PYENV_ROOT'] ?? path.join(homedir(), '.pyenv'), 'versions');
  if (!existsSync(versions)) return [];
  return (await readdir(versions)).map((version) => path.join(versions, version, 'bin/python3'));
}

async function isRecent(python: string): Promise<boolean> {
  try {
    await run(python, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 13))']);
    return true;
  } catch {
    return false;
  }
}

/** LocalEmu 1.3.2 says that it runs on 3.10, but uses what came with 3.12 (type parameters) and 3.13 (warnings.deprecated). */
async function findPython(): Promise<string> {
  const named = process.env['TOCSIN_PYTHON'];
  const candidates = named === undefined ? ['python3', 'python3.14', 'python3.13', ...(await pyenvPythons())] : [named];
  for (const candidate of candidates) if (await isRecent(candidate)) return candidate;
  throw new EmulatorUnavailableError(`None of ${candidates.join(', ')} is Python 3.13 or later with venv. ${REMEDY}`);
}

async function install(step: string, command: string, args: readonly string[]): Promise<void> {
  try {
    await run(command, args, { maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    throw new EmulatorUnavailableError(`${step} failed. ${REMEDY}`, { cause: error });
  }
}

/**
 * Makes the virtual environment of LocalEmu and the executor, once for each requirements.txt; the executor is used from its folder.
 *
 * @returns path of its Python
 * @throws EmulatorUnavailableError without Python, venv or PyPI
 */
export async function emulatorPython(): Promise<string> {
  const environment = path.join(cache, await environmentKey());
  const python = path.join(environment, 'bin/python');
  if (existsSync(python)) return python;

  await mkdir(cache, { recursive: true });
  const partial = `${environment}.partial-${randomUUID()}`;
  const pip = [path.join(partial, 'bin/python'), '-m', 'pip', '--disable-pip-version-check', 'install', '--no-deps'] as const;
  try {
    await install('Making a Python virtual environment', await findPython(), ['-m', 'venv', partial]);
    await install('Installing LocalEmu', pip[0], [...pip.slice(1), '-r', requirements]);
    await install('Installing the Lambda executor', pip[0], [...pip.slice(1), '--no-build-isolation', '--editable', executor]);
    await rename(partial, environment).catch((error: unknown) => {
      if (!existsSync(python)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return python;
}
