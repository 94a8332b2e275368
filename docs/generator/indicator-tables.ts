import type { Indicator } from '../../shared/indicators/indicator.ts';
import { INDICATORS } from '../../shared/indicators/registry.ts';
import { INDICATOR_ALIASES } from '../../shared/strategy/aliases.ts';
import { WITHOUT_EFFECT } from '../../shared/strategy/indicators.ts';
import { fieldsOf, shapeOf } from './field-rows.ts';
import { aliasLine, codes, table } from './markdown.ts';

/** The section on indicators: how they are declared, and every type with parameters, outputs and warm-up. */
export function indicatorSections(): string {
  const aliases = Object.entries(INDICATOR_ALIASES).map(([type, names]) => `* \`${type}\`: ${aliasLine(names)}`);
  const idle = Object.entries(WITHOUT_EFFECT).flatMap(([type, names]) =>
    Object.entries(names).map(([name, instead]) => `* \`${name}\` of \`${type}\`: ${instead}.`),
  );
  return `## indicators

\`<id>: {type: <type>, <parameter>: <value>, ...}\`. Types count in any case. Numbers are written without quotes: \`14\`, not \`"14"\`. \`source\` is the column that is read;
\`data_source\`, a source of \`context_data\`, computes the indicator on that series instead of the bars of the symbol.

Outputs: the first is the primary one, which the bare id means; another one is \`id.output\`. Where there is a single output it has no name in a strategy, and the table shows none.

Warm-up: the bars at the beginning without a value, with default parameters. They are not learned from and not traded on; those before \`date_range.start\` serve to warm up.

An indicator that no input uses is noticed and not computed. \`zigzag\` is refused: it sees the future, and serves as a source of labels only.

${table(['Type', 'What it is', 'Parameters: range (default)', 'Outputs', 'Warm-up'], INDICATORS.map(indicatorRow))}

Parameters known by another name:

${aliases.join('\n')}

Parameters without effect, which are noticed:

${idle.join('\n')}`;
}

function indicatorRow(indicator: Indicator): readonly string[] {
  const { type, title, aliases, outputs } = indicator;
  const short = aliases.filter((alias) => alias !== `${type}indicator`);
  const params = fieldsOf(shapeOf(indicator.params)).rows.map(({ name, form, preset }) => `${name}: ${form} (${preset})`);
  return [
    [`\`${type}\``, ...short.map((alias) => `\`${alias}\``)].join(', '),
    `${title}${indicator.usesVolume ? '; reads volume' : ''}`,
    params.length === 0 ? 'none' : params.join('<br>'),
    outputs.length === 1 ? '' : codes(outputs),
    String(indicator.warmup(indicator.params.parse({}))),
  ];
}
