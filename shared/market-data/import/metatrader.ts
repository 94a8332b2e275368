import { onlyIndex, priceColumns, type ExportFormat } from './format.ts';

/** MetaTrader 5, Symbols > Bars > Export: `2020.01.02<TAB>09:00:00`, in the broker's time; daily bars have no clock. */
export const metaTrader: ExportFormat = {
  name: 'MetaTrader 5',
  example: '<DATE> <TIME> <OPEN> <HIGH> <LOW> <CLOSE> <TICKVOL> <VOL> <SPREAD>, separated by tabs',
  match(names) {
    const prices = priceColumns(names);
    const volume = onlyIndex(names, 'vol');
    const ticks = onlyIndex(names, 'tickvol');
    if (prices === null || volume < 0 || ticks < 0 || names[0] !== 'date') return null;
    return {
      dateOrder: 'year-first',
      stampFields: names[1] === 'time' ? 2 : 1,
      prices,
      volumes: [
        { column: volume, meaning: 'the traded volume, <VOL>' },
        { column: ticks, meaning: 'the number of ticks, <TICKVOL>, since <VOL> is 0 throughout' },
      ],
      statesUtc: false,
      notes: [],
    };
  },
};
