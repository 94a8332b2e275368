import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseStrategy } from './parse.ts';

const FOLDER = join(import.meta.dirname, '../../examples');
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));
const GRAMMAR = readdirSync(join(FOLDER, 'grammar'));

const MACD_PERIODS = ['fast', 'slow', 'signal'];
const BARRIERS = ['profit_target_atr', 'stop_loss_atr', 'max_holding_bars', 'atr_period'].map((name) => `training.labels.${name}`);

/** The fields whose reading is noticed, of the examples that show just that. */
const NOTICED: ReadonlyMap<string, readonly string[]> = new Map([
  ['bells-and-raw', BARRIERS],
  ['context-classes', ['training.labels.source', 'indicators.ema_50']],
  ['market-regimes', ['training.labels.source']],
  ['minimal', ['training.labels']],
  [
    'one-indicator',
    [
      'training_data.history_required',
      'training.labels.label_lookahead',
      ...['epochs', 'learning_rate', 'batch_size', 'optimizer'].map((name) => `model.training.${name}`),
      'model.architecture.output_activation',
    ],
  ],
  ['predicted-return', MACD_PERIODS.map((name) => `indicators.macd_6_18.${name}`)],
  ['return-by-regime', [...MACD_PERIODS.map((name) => `indicators.macd.${name}`), 'model.architecture.output_activation']],
  ['sequence-bells', BARRIERS],
  ['trend-barriers', [...MACD_PERIODS.map((name) => `indicators.macd_8_24.${name}`), 'training.lr_scheduler']],
]);

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

  it.each(GRAMMAR)('grammar/%s is valid, named as its file, and noticed for what it shows alone', (file) => {
    const name = basename(file, '.yaml');
    const parsed = parseStrategy(readFileSync(join(FOLDER, 'grammar', file), 'utf8'));
    expect(parsed).toMatchObject({ ok: true, strategy: { name } });
    const paths = parsed.ok ? parsed.notices.map((notice) => notice.slice(0, notice.indexOf(': '))) : [];
    expect(new Set(paths)).toEqual(new Set(NOTICED.get(name)));
  });
});
