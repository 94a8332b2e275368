import type { Problem } from '../../shared/strategy/report.ts';
import type { StrategyRefusal } from '../../shared/research/trigger.ts';
import { ApiError, type ErrorDetail } from './errors.ts';

/** The refusal of a strategy, each problem with its place below `field`. */
export function strategyRefusal(refusal: StrategyRefusal, field: string): ApiError {
  if (refusal.outcome === 'unknown_strategy') {
    return new ApiError(422, 'STRATEGY_UNKNOWN', `${refusal.message}.`, [{ field, message: refusal.message, type: 'unknown_strategy' }]);
  }
  const details = strategyDetails(refusal.problems, field);
  const listed = refusal.problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  return new ApiError(422, 'STRATEGY_INVALID', `The strategy is not valid. ${listed}`, details);
}

/** Problems of a strategy as details of an error. */
function strategyDetails(problems: readonly Problem[], field: string): ErrorDetail[] {
  return problems.map(({ path, message }) => ({ field: path === '' ? field : `${field} -> ${path}`, message, type: 'invalid_strategy' }));
}
