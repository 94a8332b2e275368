import { problemLine, type Problem } from '../../strategy/report.ts';
import { area, failure } from '../failure.ts';

/** Failures of strategies. */
export const strategyFailures = area({ steps: ['trigger', 'train', 'backtest', 'record'], retry: 'after_mending' }, {
  STRATEGY_INVALID: failure(
    'StrategyError',
    (f: { strategy: string; problems: readonly Problem[] }) =>
      `The strategy ${f.strategy} has ${f.problems.length === 1 ? 'a problem' : `${f.problems.length} problems`}: ${f.problems.map((problem) => problemLine(problem)).join('; ')}.`,
    'Correct every field named, and check the file with `tocsin validate` before running it again.',
  ),
});
