/**
 * Version of the rules of `assess`; raised with every change that may change an assessment. Rules 1 took for the baseline the answer most
 * frequent in training, which any other constant answer beats where the mix of the answers shifts.
 */
export const ASSESSMENT_RULES = 2;

/** What the rules compare with. */
export const THRESHOLDS = {
  /** Of the edge: the one-sided 5 % point of the normal distribution. */
  significantZ: 1.645,
  /** Fewest independent labels by which an edge can be told from chance: the normal approximation needs a few dozen. */
  fewestEffectiveRows: 30,
  /** Validation above test accuracy by more is overfitting; KTRDR's rule of thumb. */
  overfitGap: 0.1,
  /** Accuracies on validation and test that differ by no more agree. */
  smallGap: 0.05,
  /** Least Sharpe ratio, annualised, that speaks for a strategy. */
  goodSharpe: 0.5,
  /** Fewest trades whose sum says more than luck. */
  fewestTrades: 30,
  /** Largest share of the backtest that training or validation may have seen. */
  largestInSampleShare: 0.1,
} as const;
