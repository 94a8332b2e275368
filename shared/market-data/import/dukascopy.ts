import { onlyIndex, priceColumns, type ExportFormat } from './format.ts';

/** Dukascopy's historical data feed: `31.12.2019 23:00:00.000`, in GMT or in local time with its offset. */
export const dukascopy: ExportFormat = {
  name: 'Dukascopy',
  example: 'Gmt time,Open,High,Low,Close,Volume',
  match(names) {
    const prices = priceColumns(names);
    const volume = onlyIndex(names, 'volume');
    const first = names[0];
    if (prices === null || volume < 0 || (first !== 'gmttime' && first !== 'localtime')) return null;
    return {
      dateOrder: 'day-first',
      stampFields: 1,
      prices,
      volumes: [{ column: volume, meaning: 'the volume column, in the units of the feed' }],
      statesUtc: first === 'gmttime',
      notes: [],
    };
  },
};
