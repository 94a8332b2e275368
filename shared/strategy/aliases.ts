import { at, type Report } from './report.ts';
import type { Tree, TreeMap } from './tree.ts';

type Aliases = Readonly<Record<string, readonly string[]>>;

/** Parameter names in use whose meaning is plain, per indicator type. */
export const INDICATOR_ALIASES: Readonly<Record<string, Aliases>> = {
  macd: { fast: ['fast_period'], slow: ['slow_period'], signal: ['signal_period'] },
  squeezeintensity: { period: ['bb_period', 'kc_period'] },
};

/** The same per label source. */
export const LABEL_ALIASES: Readonly<Record<string, Aliases>> = {
  triple_barrier: {
    profit_target_atr: ['pt_multiplier'],
    stop_loss_atr: ['sl_multiplier'],
    max_holding_bars: ['max_holding_period'],
    atr_period: ['vol_span'],
  },
};

export function readIndicatorAliases(report: Report, path: string, params: TreeMap, type: string): TreeMap {
  return readAliases(report, path, params, INDICATOR_ALIASES[type]);
}

export function readLabelAliases(report: Report, path: string, params: TreeMap, source: string): TreeMap {
  return readAliases(report, path, params, LABEL_ALIASES[source]);
}

/** The parameters under their own names, with a notice for each that was written under another. */
function readAliases(report: Report, path: string, params: TreeMap, aliases: Aliases | undefined): TreeMap {
  if (aliases === undefined) return params;
  const renamed = new Map<string, Tree>();
  for (const [key, value] of params) {
    const names = Object.hasOwn(aliases, key) ? aliases[key]! : [key];
    for (const name of names) {
      if (name !== key && params.has(name)) {
        report.problem(at(path, key), `is another name for ${name}, which is given too: give one of them`);
        continue;
      }
      if (name !== key)
        report.notice(at(path, key), `is read as ${name}: ${JSON.stringify(value)}. KTRDR ignores it and uses the default of ${name}`);
      renamed.set(name, value);
    }
  }
  return renamed;
}
