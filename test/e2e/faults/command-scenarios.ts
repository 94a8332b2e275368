import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FailureCode } from '../../../shared/errors/catalogue/index.ts';

/** A `tocsin data import` of export.csv that is refused. */
interface CommandScenario {
  readonly code: FailureCode;
  readonly title: string;
  readonly facts: readonly string[];
  /** Content of export.csv. */
  readonly content: string;
  readonly timezone?: string;
  readonly timeframe?: string;
  /** Where in the folder of the export the data file would be written to. */
  readonly data?: string;
  /** Prepares what is wrong in that folder. */
  readonly prepare?: (folder: string) => Promise<void>;
}

/** A canonical file with bars at these times. */
const barsAt = (...stamps: readonly string[]) => ['time,open,high,low,close,volume', ...stamps.map((stamp) => `${stamp},1,1,1,1,1`), ''].join('\n');

const NEW_YORK = 'America/New_York';

/** Exports that `tocsin data import` refuses, with nothing written. */
export const IMPORT_SCENARIOS: readonly CommandScenario[] = [
  { code: 'IMPORT_FORMAT_UNKNOWN', title: 'an export of a program that it does not know', facts: ['export.csv', 'ticker, px', 'MetaTrader 5'], content: 'ticker,px\nA,1\n' },
  { code: 'IMPORT_TIMEZONE_UNKNOWN', title: 'a zone that there is none of', facts: ['Europe/Atlantis'], content: barsAt('2020-01-01'), timezone: 'Europe/Atlantis' },
  {
    code: 'IMPORT_TIMEZONE_CONFLICT',
    title: 'days with another offset than the zone has',
    facts: ['line 2', 'Asia/Tokyo'],
    content: barsAt('2020-01-01T00:00Z'),
    timezone: 'Asia/Tokyo',
    timeframe: '1d',
  },
  {
    code: 'IMPORT_TIME_SKIPPED',
    title: 'an hour that clocks skipped',
    facts: ['line 3', '2020-03-08T02:00', NEW_YORK],
    content: barsAt('2020-03-08T01:00', '2020-03-08T02:00'),
    timezone: NEW_YORK,
  },
  {
    code: 'IMPORT_TIME_AMBIGUOUS',
    title: 'an hour that clocks showed twice, and the file has once',
    facts: ['line 3', '2020-11-01T01:00', NEW_YORK],
    content: barsAt('2020-11-01T00:00', '2020-11-01T01:00', '2020-11-01T02:00'),
    timezone: NEW_YORK,
  },
  { code: 'IMPORT_DAY_NOT_MIDNIGHT', title: 'days that begin in the evening', facts: ['line 2', '22:00'], content: barsAt('2020-01-01T22:00'), timeframe: '1d' },
  {
    code: 'DATA_FILE_EXISTS',
    title: 'a data file that is there with other bars',
    facts: ['WAVE_1h.csv'],
    content: barsAt('2020-01-01T00:00'),
    prepare: (folder) => writeFile(join(folder, 'WAVE_1h.csv'), barsAt('2020-01-01T01:00')),
  },
  {
    code: 'DATA_FILE_UNREADABLE',
    title: 'a data file that is a link to itself',
    facts: ['WAVE_1h.csv', 'ELOOP'],
    content: barsAt('2020-01-01T00:00'),
    prepare: (folder) => symlink('WAVE_1h.csv', join(folder, 'WAVE_1h.csv')),
  },
  {
    code: 'DATA_FILE_UNWRITABLE',
    title: 'a folder for data that leads nowhere',
    facts: ['WAVE_1h.csv', 'data'],
    content: barsAt('2020-01-01T00:00'),
    data: 'data',
    prepare: (folder) => symlink(join(folder, 'gone', 'nowhere'), join(folder, 'data')),
  },
];
