import { gaussianParameters } from '../../shared/fuzzy/gaussian.ts';
import { trapezoidalParameters } from '../../shared/fuzzy/trapezoidal.ts';
import { triangularParameters } from '../../shared/fuzzy/triangular.ts';
import { LABELERS } from '../../shared/labels/registry.ts';
import { LABEL_ALIASES } from '../../shared/strategy/aliases.ts';
import { BACKTEST } from '../../shared/strategy/backtest-section.ts';
import { CONTEXT_ENTRY, PROVIDERS } from '../../shared/strategy/context-data.ts';
import { DATE_RANGE } from '../../shared/strategy/date-range.ts';
import { COST_MODEL, DECISIONS, FILTERS } from '../../shared/strategy/decisions.ts';
import { INPUT } from '../../shared/strategy/features.ts';
import { BACKTEST_GATE, TRAINING_GATE } from '../../shared/strategy/gates-section.ts';
import { DEFAULT_SOURCE } from '../../shared/strategy/labels.ts';
import { ARCHITECTURE, FEATURES, MODEL_TYPES, RECURRENT_ARCHITECTURE } from '../../shared/strategy/model.ts';
import { REPEATABLE } from '../../shared/strategy/model-training.ts';
import { DESCRIPTIVE, TOP } from '../../shared/strategy/parse.ts';
import { SCHEDULERS } from '../../shared/strategy/lr-scheduler.ts';
import { EARLY_STOPPING, LOSSES, SPLIT, TRAINING } from '../../shared/strategy/training.ts';
import { SYMBOLS, TIMEFRAME_FIELDS, TRAINING_DATA } from '../../shared/strategy/training-data.ts';
import { LIMITS } from '../../shared/strategy/tree.ts';
import { shapeOf } from './field-rows.ts';
import { indicatorSections } from './indicator-tables.ts';
import { aliasLine, codes, described, fieldTable, table } from './markdown.ts';

/**
 * The reference of the strategy grammar, Markdown: fields, ranges, defaults and meanings are those of the schemas that read
 * a strategy.
 * @param example text of a strategy that is shown first
 */
export function strategyGrammar(example: string): string {
  return `${[INTRODUCTION, complete(example), READING, ...sections()].join('\n\n')}\n`;
}

const INTRODUCTION = `# Strategy grammar

A strategy is one YAML file: which bars to learn from, which indicators to compute on them, how to turn these into the inputs of a model, what the
model is to learn, how its outputs become trades, and when the result is worth keeping. This page lists every field of it. It is made from the schemas that read
a strategy (\`npm run docs\`), so it says what is really done.

\`tocsin validate FILE\` checks a file without running it.

Three rules hold throughout:

* **Every field is honoured, or refused by name.** A misspelt or unknown key, a value out of range or a setting that is not offered is an error with its path, what is
  allowed there, and the nearest name that exists. All problems of a file are reported at once.
* **What has no effect is said.** Where a field changes nothing beside the others, or is read as another one, the result has a notice that says so.
* **A field that is left out has the default given here.** \`null\` is the same as leaving it out.`;

function complete(example: string): string {
  return `## A complete example

\`\`\`yaml
${example.trimEnd()}
\`\`\`

More are in \`examples/\`, one for each kind of strategy in \`examples/grammar/\`.`;
}

const READING = `## How a file is read

YAML 1.1, as PyYAML's \`safe_load\` reads it: \`yes\`, \`no\`, \`on\` and \`off\` are booleans; a number with an exponent needs a point, \`1.0e-3\`, and is text without one;
dates need no quotes, but a version does. Anchors, aliases and merge keys (\`<<\`) work. The order of mappings counts: inputs of the model
come in the order of the file. A key that is given twice, a key that is not text, an unknown tag and a second document are errors.

A strategy may also be sent as JSON; keys that are numbers have no order there, so a mapping with several of them is refused.

At most ${LIMITS.bytes / 1024} KB, ${LIMITS.nodes} values with aliases expanded, and ${LIMITS.depth} levels.

Ids of indicators, fuzzy sets and memberships are of your own choice: at most 64 letters (of any language), digits, \`_\`, \`-\`, \`+\` or \`%\`; those of fuzzy sets and
memberships may have dots.`;

function sections(): readonly string[] {
  return [topLevel(), trainingData(), contextData(), indicatorSections(), fuzzySets(), inputs(), model(), training(), labels(), decisions(), backtest(), gates()];
}

function topLevel(): string {
  return `## The file

${fieldTable(TOP)}

The sections \`training_data\`, \`indicators\`, \`fuzzy_sets\`, \`nn_inputs\`, \`model\`, \`decisions\` and \`training\` are required, \`context_data\`, \`backtest\` and \`gates\` are not.
${codes(DESCRIPTIVE)} may hold anything (\`deployment\` a mapping): they describe the strategy, change nothing, and are kept with its text.`;
}

function trainingData(): string {
  return `## training_data

${fieldTable(TRAINING_DATA)}

\`date_range\` and \`start_date\`/\`end_date\` mean the same; where both are given they must agree. Without a range the model is trained on all bars.

### training_data.symbols

${fieldTable(SYMBOLS)}

Features and labels are made for each symbol by itself; their rows are stacked, and one model is trained on them. Splits begin at the same moments for all.

### training_data.timeframes

${fieldTable(TIMEFRAME_FIELDS)}

A bar of another timeframe counts from the moment it has closed: at the close of an hour, the day is that of yesterday.

### training_data.date_range

${fieldTable(DATE_RANGE)}`;
}

function contextData(): string {
  const providers = Object.entries(PROVIDERS).map(([provider, { needs, takes, sources }]) => [
    `\`${provider}\``,
    `\`${needs}\``,
    codes(takes.filter((field) => field !== needs)),
    sources.map((source) => `\`${source}\``).join(', '),
  ]);
  return `## context_data

Series from outside of the strategy's own symbols, as a list of entries. Each entry has a \`provider\` and makes sources; an indicator is computed on one of them with
\`data_source: <source>\`. A field that means nothing to the provider is noticed; an entry that no indicator uses is noticed, and its files are not read.

${table(['Provider', 'Needs', 'Takes', 'Sources'], providers)}

${fieldTable(CONTEXT_ENTRY)}

Nothing is fetched: a source is the file \`context/<source>.csv\` of the market data; the spread of yields is the first series less the second, at each moment at which one of
them is published and both are known. Files of \`fred\` and \`cftc_cot\` have the time of *publication* in the first column (ISO 8601, UTC; a day without a clock time counts as
its end) and a column \`value\`; files of \`ib\` hold bars. A value is seen from its publication, a bar from its close.

An indicator on a source counts the entries of that source: \`period: 14\` on a monthly series is 14 months. A row sees its value at the latest entry that was known when the bar
closed; the timeframe in the id of the input changes nothing. On a source of single values, only indicators that read one price are possible, with \`source: close\`.

A value holds for 10 days, or three times its frequency if that is longer. A source that misses a requested range, or has a hole in it, by more is an error, unless
\`training_data.allow_partial_coverage\` is set; after the last value has ceased to hold there are no rows.`;
}

function fuzzySets(): string {
  const types = { triangular: triangularParameters, trapezoidal: trapezoidalParameters, gaussian: gaussianParameters };
  return `## fuzzy_sets

\`<id>: {indicator: <reference>, <membership>: <function>, ...}\`. The reference is the id of an indicator, which means its primary output, or \`id.output\`. Every other key is a
membership, and each of them becomes an input in the order of the file. A fuzzy set needs at least one.

A membership is \`{type: ..., parameters: [...]}\`; three bare numbers are a triangle. Types count in any case, with or without the suffix \`mf\`.

${table(['Type', 'Parameters'], Object.entries(types).map(([type, { description }]) => [`\`${type}\``, described(type, description)]))}

Refused: an indicator or output that is not there; \`id.output\` of an indicator with one output; a bare list of four numbers, which is no triangle; a description among the
memberships. A set that no input uses is noticed.`;
}

function inputs(): string {
  return `## nn_inputs

A list, at least one entry; each has \`fuzzy_set\` or \`raw_indicator\`, not both, and \`timeframes\`: \`all\`, or a list of timeframes of the strategy (\`[1h]\`; a bare \`1h\` is
refused).

${fieldTable(INPUT)}

Inputs come in the order of the file; for each, timeframes in their order; for a fuzzy set, memberships in theirs. Their ids are \`{timeframe}_{fuzzy set}_{membership}\` and
\`{timeframe}_{reference}_raw\`, at most 512 of them, and none may come twice.`;
}

function model(): string {
  return `## model

\`type\`: ${codes(MODEL_TYPES)}, in any case; \`${MODEL_TYPES[0]}\` where it is left out.

An \`mlp\` sees one row, the features at a bar's close. \`lstm\` and \`gru\` see a window of successive rows that ends there: the rows of a training sample all lie in
one split and one symbol, whatever became of their own labels; a backtest may look back before its first decision.

### model.architecture of an mlp

${fieldTable(ARCHITECTURE)}

\`hidden_size\`, \`num_layers\` and \`sequence_length\` have no effect, and are noticed.

### model.architecture of an lstm or gru

${fieldTable(RECURRENT_ARCHITECTURE)}

\`activation\` and \`hidden_layers\` have no effect, and are noticed. A network too large to train is refused:
\`sequence_length\` x \`hidden_size\` x \`num_layers\` x \`training.batch_size\` may be 8,388,608 at most.

### model.features

${fieldTable(FEATURES)}

### model.training

Belongs into \`training\`. Of ${codes(REPEATABLE)} and \`early_stopping\`, what \`training\` leaves out is read from here, with a notice; what both say must be the same, and is
noticed; a contradiction is refused, and so is \`validation_split\` unless it is that of \`training.data_split\`.`;
}

function training(): string {
  return `## training

${fieldTable(TRAINING)}

Losses: ${codes(LOSSES.classification)} for classification, weighted by the inverse frequency of the classes; ${codes(LOSSES.regression)} for regression.

### training.data_split

Shares of the rows, in the order of time. A row whose label was only known inside a later split is left out.

${fieldTable(SPLIT)}

### training.early_stopping

\`false\`, or left out: every epoch runs. The epoch with the least validation loss is kept in either case. A patience with which training cannot stop before the last of
\`epochs\` is noticed.

${fieldTable(EARLY_STOPPING)}

### training.lr_scheduler

\`{type, ...}\`; \`false\`, \`{enabled: false}\`, or left out: the learning rate stays. \`true\`, and a mapping without a \`type\` whose fields \`step\` has too, is \`step\`, with a
notice; a field that \`step\` has not needs its \`type\`. After each epoch the rate falls as PyTorch's schedulers of these names have it; a plateau is one of the validation
loss, and a fall by less than 0.01 % is none. A rate that cannot fall before the last epoch is noticed.

${Object.entries(SCHEDULERS).map(([type, fields]) => `\`type: ${type}\`\n\n${fieldTable(fields)}`).join('\n\n')}`;
}

function labels(): string {
  const sources = LABELERS.map(({ source, classes, signals, params }) => {
    const aliases = LABEL_ALIASES[source];
    return `### \`${source}\`

${described(source, params.description)} For ${classes === null ? 'regression' : `classification; classes ${codes(classes)}`}.${signals ? '' : ' No signals: the model is trained and judged by the training gate, and not backtested.'}

${fieldTable(shapeOf(params))}${aliases === undefined ? '' : `\n\n${aliasLine(aliases)}`}`;
  });
  return `## training.labels

\`source\` names where labels come from, \`${DEFAULT_SOURCE}\` where it is left out, which is noticed; the other fields are those of the source. Labels are made on the bars of the
base timeframe. It must suit \`decisions.output_format\`.

${sources.join('\n\n')}`;
}

function decisions(): string {
  return `## decisions

${fieldTable(DECISIONS)}

### decisions.filters

${fieldTable(FILTERS)}

### decisions.cost_model

Required for regression; has no effect on classification, which is noticed.

${fieldTable(COST_MODEL)}`;
}

function backtest(): string {
  return `## backtest

A decision made at a bar's close is filled at the next bar's open. \`date_range\` is as in \`training_data\`; without one, the backtest runs from the end of the training range on, if every symbol
has 100 bars there, else on the test split.

${fieldTable(BACKTEST)}`;
}

function gates(): string {
  return `## gates

Thresholds under which a result is not worth going on with. A rejection is a result: it is recorded with its reason. A threshold that the gate of the output format does not
judge by has no effect, and is noticed.

### gates.training

${fieldTable(TRAINING_GATE)}

### gates.backtest

${fieldTable(BACKTEST_GATE)}`;
}
