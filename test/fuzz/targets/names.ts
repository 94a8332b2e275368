import { MarketDataError, StorageError } from '../../../shared/errors/index.ts';
import { dataFileKey, parseDataFileName } from '../../../shared/market-data/file-name.ts';
import { assertObjectKey } from '../../../shared/memory/keys.ts';
import type { Target } from '../campaign.ts';
import { refusalOf } from '../refusal.ts';

/** Names of files, and the keys of the store that are made from them. */
export const namesTarget: Target = {
  name: 'names',
  covers: '/shared/',
  corpus: ['EURUSD_1h.csv', 'BRK.B_1d.csv', 'A_B_5m.csv', 'context/fred_vix.csv', '../x_1h.csv', 'market-data/EURUSD_1h.csv', '._1h.csv'].map((text) => new TextEncoder().encode(text)),
  dictionary: ['_', '.csv', '1h', '1d', '/', '\\', 'context/', '..', '.', '%2f', '\n', 'CON'],
  run(input) {
    const name = Buffer.from(input).toString(input.length % 5 === 0 ? 'utf16le' : 'utf8');
    const outcomes = [
      attempt(() => requireInside(dataFileKey(parseDataFileName(name)), 'market-data/')),
      attempt(() => {
        assertObjectKey(name);
        requireInside(name, '');
      }),
    ];
    return outcomes.join(' ');
  },
};

function attempt(work: () => void): string {
  try {
    work();
    return 'taken';
  } catch (error) {
    return refusalOf(error, MarketDataError, StorageError);
  }
}

/** Throws for a key that leads out of its folder, or that no file system, URL or shell would leave as it is. */
function requireInside(key: string, folder: string): void {
  assertObjectKey(key);
  const rest = key.slice(folder.length);
  const leads = !key.startsWith(folder) || rest.split('/').some((part) => /^\.*$/.test(part)) || !/^[\w./-]+$/.test(key);
  if (leads) throw new Error(`the key ${JSON.stringify(key)}`);
}
