import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseStrategy } from './parse.ts';

const FOLDER = join(import.meta.dirname, '../../examples');
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));

describe('the example strategies', () => {
  it('are there', () => {
    expect(FILES).toEqual(
      expect.arrayContaining([
        'sp500-daily.yaml',
        'eurusd-hourly.yaml',
        'fx-multi-symbol.yaml',
        'fx-multi-timeframe.yaml',
        'forward-return.yaml',
        'no-overlap.yaml',
      ]),
    );
  });

  it.each(FILES)('%s is valid, without notices, and named as its file', (file) => {
    const parsed = parseStrategy(readFileSync(join(FOLDER, file), 'utf8'));
    expect(parsed).toMatchObject({ ok: true, notices: [], strategy: { name: basename(file, '.yaml') } });
  });
});
