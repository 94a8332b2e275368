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

export const dataOption = () => new Option('--data <dir>', 'folder of market data, <SYMBOL>_<TIMEFRAME>.csv').default('./data');

export const memoryOption = () => new Option('--memory <dir>', 'folder of experiments, runs and operations').default('./memory');

export const jsonOption = (what: string) => new Option('--json', `print ${what} as JSON, and nothing else, on standard output`);

export const endpointOption = () =>
  new Option('--endpoint <url>', 'use the server at this address instead of a local memory folder').argParser(httpUrl).conflicts(['memory', 'data']);

/** Help text with examples, as every command has it. */
export function examples(...lines: readonly string[]): string {
  const title = lines.length === 1 ? 'Example' : 'Examples';
  return `\n${title}:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

/** Where a reading command looks, and how it prints. */
export interface PlaceOptions {
  readonly memory: string;
  readonly data: string;
  readonly json: boolean;
  readonly endpoint?: string;
}

/** Adds the options of `PlaceOptions`. */
export function placed(command: Command, what: string): Command {
  return command.addOption(memoryOption()).addOption(dataOption()).addOption(jsonOption(what).default(false)).addOption(endpointOption());
}
