import { describe, expect, it } from 'vitest';
import { barsFileName, barsKey, isSymbol, parseBarsFileName } from './file-name.ts';

describe('data file names', () => {
  it.each(['EURUSD', 'BRK.B', 'ES_F', 'a-b', '^GSPC'.slice(1), 'X', 'A'.repeat(20)])('take the symbol %s', (symbol) => {
    expect(isSymbol(symbol)).toBe(true);
    expect(barsKey(symbol, '1h')).toBe(`market-data/${symbol}_1h.csv`);
    expect(parseBarsFileName(barsFileName(symbol, '4h'))).toEqual({ symbol, timeframe: '4h' });
  });

  const noSymbols = ['', '.hidden', '..', 'a..b', 'a/b', 'a\\b', 'A'.repeat(21), 'EUR USD', '^GSPC', 'ÄÖ', 'A\n'];
  it.each(noSymbols)('refuse the symbol %j', (symbol) => {
    expect(isSymbol(symbol)).toBe(false);
    expect(() => barsFileName(symbol, '1h')).toThrow(RangeError);
  });

  it('split at the last underscore', () => {
    expect(parseBarsFileName('ES_F_5m.csv')).toEqual({ symbol: 'ES_F', timeframe: '5m' });
  });

  const noFiles = ['EURUSD.csv', 'EURUSD_2h.csv', 'EURUSD_1h.CSV', '_1h.csv', 'EURUSD_1h.csv.bak', '../EURUSD_1h.csv', 'EURUSD_1H.csv'];
  it.each(noFiles)('refuse %s', (name) => {
    expect(() => parseBarsFileName(name)).toThrow(expect.objectContaining({ code: 'DATA_FILE_NAME_INVALID' }));
  });
});
