import * as fc from 'fast-check';
import { membershipArbitrary } from '../../fuzzy/testing/membership-arbitrary.ts';
import type { Indicator } from '../../indicators/indicator.ts';
import { INDICATORS } from '../../indicators/registry.ts';
import { paramsArbitrary } from '../../indicators/testing/params-arbitrary.ts';
import type { MembershipSpec } from '../strategy.ts';

type Section = Readonly<Record<string, unknown>>;

/** What a strategy may be about: the symbols and timeframes there are bars of. */
export interface StrategyScope {
  readonly symbols: readonly string[];
  readonly timeframes: readonly string[];
  /** Types of model to choose from. */
  readonly models: readonly ('mlp' | 'lstm' | 'gru')[];
  /** FRED series that indicators may be computed on; none if not given. */
  readonly series?: readonly string[];
}

const oneOf = fc.constantFrom<unknown[]>;
const positive = (max: number): fc.Arbitrary<number> => fc.double({ min: 1e-6, max, noNaN: true });
/** Some of the fields, each with any value of its own. */
const some = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Section> => fc.record(fields, { requiredKeys: [] });

const anyCase = (name: string): fc.Arbitrary<string> => fc.constantFrom(name, name.toUpperCase(), name[0]!.toUpperCase() + name.slice(1));

function symbolsSection(symbols: readonly string[]): fc.Arbitrary<Section> {
  return fc.subarray([...symbols], { minLength: 1 }).chain((chosen) =>
    chosen.length > 1
      ? fc.constantFrom<Section[]>({ mode: 'multi_symbol', list: chosen }, { mode: 'multi_symbol', symbols: chosen })
      : fc.constantFrom<Section[]>({ mode: 'single', symbol: chosen[0] }, { mode: 'single', list: chosen }, { mode: 'single', symbol: chosen[0], list: null }),
  );
}

function timeframesSection(timeframes: readonly string[]): fc.Arbitrary<Section> {
  if (timeframes.length === 1) return fc.constantFrom<Section[]>({ mode: 'single', timeframe: timeframes[0] }, { mode: 'single', timeframes });
  return fc.constantFrom<Section[]>(
    ...timeframes.map((base_timeframe) => ({ mode: 'multi_timeframe', list: timeframes, base_timeframe })),
    { mode: 'multi_timeframe', timeframes },
  );
}

interface Declared {
  readonly id: string;
  readonly indicator: Indicator;
  readonly definition: Section;
}

/** @param series of `context_data`: an indicator that reads closes alone may be computed on one of them */
function indicatorArbitrary(id: string, series: readonly string[]): fc.Arbitrary<Declared> {
  return fc.constantFrom(...INDICATORS).chain((indicator) => {
    const sources = indicator.usesRange || indicator.usesVolume ? [] : series;
    return fc
      .tuple(
        fc.constantFrom(indicator.type, ...indicator.aliases).chain(anyCase),
        paramsArbitrary(indicator),
        fc.boolean(),
        fc.constantFrom(null, ...sources.map((name) => `fred_${name}`)),
      )
      .map(([type, params, defaults, dataSource]) => {
        const { source: _source, ...others } = { source: null, ...params };
        if (dataSource !== null) return { id, indicator, definition: { type, ...others, data_source: dataSource } };
        return { id, indicator, definition: { type, ...(defaults ? {} : params) } };
      });
  });
}

const indicatorsArbitrary = (series: readonly string[]) =>
  fc
    .integer({ min: 1, max: 4 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => indicatorArbitrary(['one', 'b_2', 'Größe', 'd-4'][i]!, series))));

/** `id`, or `id.output` where there are several. */
function referenceArbitrary(indicators: readonly Declared[]): fc.Arbitrary<string> {
  const references = indicators.flatMap(({ id, indicator: { outputs } }) => [id, ...(outputs.length > 1 ? outputs.map((output) => `${id}.${output}`) : [])]);
  return fc.constantFrom(...references);
}

const writtenMembership = membershipArbitrary.chain(({ type, parameters: exact }: MembershipSpec): fc.Arbitrary<unknown> => {
  // Text has no negative zero.
  const parameters = exact.map((parameter) => parameter + 0);
  const full = fc.tuple(anyCase(type), fc.constantFrom('', 'mf')).map(([name, suffix]) => ({ type: name + suffix, parameters }));
  return type === 'triangular' ? fc.oneof(fc.constant(parameters), full) : full;
});

const MEMBERSHIP_NAMES = ['low', 'mid', 'high', 'über.2'];

function fuzzySetArbitrary(indicators: readonly Declared[]): fc.Arbitrary<Section> {
  return fc
    .tuple(referenceArbitrary(indicators), fc.subarray(MEMBERSHIP_NAMES, { minLength: 1 }).chain((names) => fc.tuple(...names.map((name) => writtenMembership.map((membership) => [name, membership] as const)))))
    .map(([indicator, memberships]) => ({ indicator, ...Object.fromEntries(memberships) }));
}

/** Indicators, fuzzy sets and the inputs made of them; no input comes twice. */
function inputsArbitrary(timeframes: readonly string[], series: readonly string[]): fc.Arbitrary<Section> {
  const chosenTimeframes = fc.oneof(fc.constant('all'), fc.subarray([...timeframes], { minLength: 1 }));
  return indicatorsArbitrary(series).chain((indicators) =>
    fc
      .record({
        sets: fc.array(fuzzySetArbitrary(indicators), { maxLength: 3 }),
        raw: fc.uniqueArray(referenceArbitrary(indicators), { minLength: 1, maxLength: 3 }),
        normalization: oneOf('none', 'minmax', 'zscore', null),
        timeframes: fc.array(chosenTimeframes, { minLength: 6, maxLength: 6 }),
      })
      .map(({ sets, raw, normalization, timeframes: chosen }) => {
        const ids = sets.map((_, i) => `set_${i}`);
        return {
          indicators: Object.fromEntries(indicators.map(({ id, definition }) => [id, definition])),
          fuzzy_sets: Object.fromEntries(sets.map((set, i) => [ids[i], set])),
          nn_inputs: [
            ...ids.map((fuzzy_set, i) => ({ fuzzy_set, timeframes: chosen[i] })),
            ...raw.map((raw_indicator, i) => ({ raw_indicator, timeframes: chosen[3 + i], ...(normalization === null ? {} : { normalization }) })),
          ],
        };
      }),
  );
}

function modelArbitrary(models: StrategyScope['models']): fc.Arbitrary<Section> {
  const dropout = fc.double({ min: 0, max: 0.9, noNaN: true });
  return fc.constantFrom(...models).chain((type) => {
    const required: fc.Arbitrary<Section> =
      type === 'mlp'
        ? fc.record({ hidden_layers: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 }) })
        : fc.record({ sequence_length: fc.integer({ min: 1, max: 6 }) });
    const own: Readonly<Record<string, fc.Arbitrary<unknown>>> =
      type === 'mlp'
        ? { dropout, activation: oneOf('relu', 'tanh', 'sigmoid', 'leaky_relu', 'ReLU') }
        : { dropout, hidden_size: fc.integer({ min: 1, max: 6 }), num_layers: fc.integer({ min: 1, max: 2 }) };
    return fc.tuple(anyCase(type), required, some(own)).map(([name, needed, chosen]) => ({ type: name, architecture: { ...needed, ...chosen } }));
  });
}

/** Label sources with parameters that resolve within some thousand bars. */
const CLASS_LABELS: fc.Arbitrary<Section> = fc.oneof(
  fc.record({ source: fc.constant('zigzag'), zigzag_threshold: fc.double({ min: 0.001, max: 0.006, noNaN: true }) }),
  fc.record(
    {
      source: fc.constant('triple_barrier'),
      pt_multiplier: fc.double({ min: 0.5, max: 4, noNaN: true }),
      sl_multiplier: fc.double({ min: 0.5, max: 4, noNaN: true }),
      max_holding_period: fc.integer({ min: 1, max: 30 }),
      vol_span: fc.integer({ min: 2, max: 60 }),
      vol_method: fc.constantFrom('atr', 'returns'),
      cusum_threshold: fc.constantFrom(null, 'auto', 0.001),
      compute_weights: fc.boolean(),
    },
    { requiredKeys: ['source'] },
  ),
  fc.record({ source: fc.constant('context'), horizon: fc.integer({ min: 1, max: 20 }), bullish_threshold: positive(0.002) }, { requiredKeys: ['source'] }),
  fc.record({ source: fc.constant('regime'), macro_atr_mult: fc.double({ min: 2, max: 5, noNaN: true }), vol_lookback: fc.integer({ min: 20, max: 120 }) }, { requiredKeys: ['source'] }),
);
const RETURN_LABELS: fc.Arbitrary<Section> = fc.record({ source: fc.constant('forward_return'), horizon: fc.integer({ min: 1, max: 40 }) }, { requiredKeys: ['source'] });

const SPLITS = [{ train: 0.7, validation: 0.15, test: 0.15 }, { train: 0.5, validation: 0.25 }, { train: 0.6, validation: 0.2, test: 0.2 }];

function learningArbitrary(regression: boolean): fc.Arbitrary<Section> {
  const training = fc
    .tuple(
      regression ? RETURN_LABELS : CLASS_LABELS,
      some({
        loss: regression ? oneOf('huber', 'mse') : oneOf('cross_entropy', 'focal'),
        learning_rate: positive(0.1),
        batch_size: fc.integer({ min: 16, max: 512 }),
        weight_decay: positive(0.1),
        gradient_clip: positive(10),
        early_stopping: oneOf(false, { patience: 3 }, { patience: 2, min_delta: 0.01 }, { enabled: false }),
        lr_scheduler: oneOf(false, true, { type: 'step', step_size: 2 }, { type: 'exponential', gamma: 0.9 }, { type: 'reduce_on_plateau', patience: 1 }),
        data_split: oneOf(...SPLITS),
      }),
    )
    .map(([labels, chosen]) => ({ epochs: 1, ...chosen, labels }));
  const filters = some({ min_signal_separation: fc.double({ min: 0, max: 50, noNaN: true }) });
  const decisions = regression
    ? fc.record(
        { output_format: fc.constant('regression'), cost_model: fc.record({ round_trip_cost: positive(0.01), min_edge_multiplier: positive(3) }), position_awareness: fc.boolean(), filters },
        { requiredKeys: ['output_format', 'cost_model'] },
      )
    : some({
        output_format: fc.constant('classification'),
        confidence_threshold: fc.double({ min: 0, max: 1, noNaN: true }),
        position_awareness: fc.boolean(),
        allow_short_from_flat: fc.boolean(),
        filters,
      });
  return fc.record({ training, decisions });
}

const share = fc.double({ min: 0, max: 0.01, noNaN: true });
const optionalSections = some({
  description: fc.string(),
  version: fc.constantFrom('3.0', '3.1'),
  backtest: some({ initial_capital: fc.integer({ min: 1000, max: 1_000_000 }), commission: share, slippage: share }),
  gates: some({
    training: some({ min_accuracy: fc.double({ min: 0, max: 1, noNaN: true }), max_loss: positive(10) }),
    backtest: some({ max_drawdown: fc.double({ min: 0, max: 2, noNaN: true }), min_trades: fc.nat(50) }),
  }),
  scope: fc.oneof(fc.string(), fc.array(fc.string())),
});

/** Any valid strategy, as the JSON value of a file: every section of the grammar, written in any of its ways, to be trained for one epoch. */
export function strategyArbitrary({ symbols, timeframes, models, series = [] }: StrategyScope): fc.Arbitrary<Record<string, unknown>> {
  const context = series.length === 0 ? {} : { context_data: [{ provider: 'fred', series, frequency: 'daily' }] };
  return fc.shuffledSubarray([...timeframes], { minLength: 1 }).chain((chosen) =>
    fc
      .record({
        data: fc.record({ symbols: symbolsSection(symbols), timeframes: timeframesSection(chosen) }),
        inputs: inputsArbitrary(chosen, series),
        model: modelArbitrary(models),
        learning: fc.boolean().chain(learningArbitrary),
        others: optionalSections,
      })
      .map(({ data, inputs, model, learning, others }) => ({ name: 'any', training_data: data, ...context, ...inputs, model, ...learning, ...others })),
  );
}
