import { onlyIndex, priceColumns, type ExportFormat } from './format.ts';

/** Yahoo Finance, from its web site or through yfinance: daily days, or times with an offset. */
export const yahoo: ExportFormat = {
  name: 'Yahoo Finance',
  example: 'Date,Open,High,Low,Close,Adj Close,Volume',
  match(names) {
    const prices = priceColumns(names);
    const volume = onlyIndex(names, 'volume');
    const adjustedClose = names.includes('adjclose');
    const actions = names.includes('dividends') || names.includes('stocksplits');
    if (prices === null || volume < 0 || !(adjustedClose || actions) || !['date', 'datetime'].includes(names[0]!)) return null;
    return {
      dateOrder: 'year-first',
      stampFields: 1,
      prices,
      volumes: [{ column: volume, meaning: 'the volume column' }],
      statesUtc: false,
      notes: [
        adjustedClose
          ? 'Prices are those of Open, High, Low and Close; the adjusted close is not used.'
          : 'Prices are those of Open, High, Low and Close; without an Adj Close column they may be adjusted for dividends already.',
      ],
    };
  },
};
