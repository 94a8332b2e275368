import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** A parser of whole numbers within bounds, for option values. */
export function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return text.replace(/\/+$/, '');
  throw new InvalidArgumentError('It must be an http or https address, e.g. http://127.0.0.1:8000.');
}

function region(text: string): string {
  if (/^[a-z0-9-]+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be the name of an AWS region, e.g. eu-central-1.');
}

const ENDPOINT_VARIABLE = 'TOCSIN_ENDPOINT';

const DEFAULT_DATA = './data';

export const dataOption = () => new Option('--data <dir>', 'folder of market data, <SYMBOL>_<TIMEFRAME>.csv').default(DEFAULT_DATA);

const DEFAULT_MEMORY = './memory';

export const memoryOption = () => new Option('--memory <dir>', 'folder of experiments, runs and operations').default(DEFAULT_MEMORY);

const jsonOption = (what: string) => new Option('--json', `print ${what} as JSON, and nothing else, on standard output`);

const endpointOption = () =>
  new Option('--endpoint <url>', 'use the server at this address instead of a local memory folder (env: TOCSIN_ENDPOINT); requests to API Gateway are signed')
    .argParser(httpUrl)
    .conflicts(['memory', 'data']);

const signRegionOption = () =>
  new Option('--sign-region <region>', "AWS region to sign requests for, where the server's address is not API Gateway's own").env('TOCSIN_SIGN_REGION').argParser(region);

/** Help text with examples, as every command has it. */
export function examples(...lines: readonly string[]): string {
  const title = lines.length === 1 ? 'Example' : 'Examples';
  return `\n${title}:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

interface ConnectPlace {
  readonly endpoint?: string | undefined;
  readonly signRegion?: string | undefined;
  readonly memory: string;
}

/** Where a reading command looks, and how it prints. */
export interface PlaceOptions {
  readonly memory: string;
  readonly data: string;
  readonly json: boolean;
  readonly endpoint?: string;
  readonly signRegion?: string;
}

/** What another command needs to work at the same place, with a space before it: `--memory ./other`. Empty where it needs nothing. */
export function placeArguments({ endpoint, signRegion, memory }: ConnectPlace): string {
  if (endpoint !== undefined) return ` --endpoint ${quoted(endpoint)}${signRegion === undefined ? '' : ` --sign-region ${signRegion}`}`;
  return resolve(memory) === resolve(DEFAULT_MEMORY) ? '' : ` --memory ${quoted(memory)}`;
}

/** The same for the folder of market data; null where that is a server's affair. */
export function dataArgument(data: string | null): string {
  return data === null || resolve(data) === resolve(DEFAULT_DATA) ? '' : ` --data ${quoted(data)}`;
}

/** As a shell takes it for one word. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Adds the options that say where a command works: a server, or folders on this machine. */
export function located(command: Command): Command {
  return command
    .addOption(memoryOption())
    .addOption(dataOption())
    .addOption(endpointOption())
    .addOption(signRegionOption())
    .hook('preAction', (_, action) => completeEndpoint(action));
}

/** Adds the options of `PlaceOptions`. */
export function placed(command: Command, what: string): Command {
  return located(command).addOption(jsonOption(what).default(false));
}

/** TOCSIN_ENDPOINT counts where the command line says nothing of the place. */
function completeEndpoint(command: Command): void {
  const given = (name: string) => command.getOptionValueSource(name) === 'cli';
  const address = process.env[ENDPOINT_VARIABLE];
  if (address !== undefined && address !== '' && !['endpoint', 'memory', 'data'].some(given)) {
    try {
      command.setOptionValueWithSource('endpoint', httpUrl(address), 'env');
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      command.error(`error: environment variable '${ENDPOINT_VARIABLE}' value '${address}' is invalid. ${error.message}`);
    }
  }
  if (given('signRegion') && command.getOptionValue('endpoint') === undefined) {
    command.error(`error: option '--sign-region <region>' needs a server: give --endpoint, or set ${ENDPOINT_VARIABLE}`);
  }
}
