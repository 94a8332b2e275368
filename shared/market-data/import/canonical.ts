import { onlyIndex, priceColumns, type ExportFormat } from './format.ts';

const TIME_NAMES = ['timestamp', 'time', 'date', 'datetime', ''];

/** Times in ISO 8601 first, then prices and volume: the form of our own files, with or without a zone. */
export const canonical: ExportFormat = {
  name: 'canonical',
  example: 'timestamp,open,high,low,close,volume',
  match(names) {
    const prices = priceColumns(names);
    const volume = onlyIndex(names, 'volume');
    if (prices === null || volume < 0 || !TIME_NAMES.includes(names[0]!)) return null;
    return {
      dateOrder: 'year-first',
      stampFields: 1,
      prices,
      volumes: [{ column: volume, meaning: 'the volume column' }],
      statesUtc: false,
      notes: [],
    };
  },
};
