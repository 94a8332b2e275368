import { parameterCount, sizeOf, type Network } from './network.ts';

/** What one run of the epoch graph should take at most, seconds: a cancel and a progress report wait this long. */
const LONGEST_RUN = 0.25;

/** Costs on one core of a common server, seconds: set low rather than high, they only shape the runs. */
const LAYER_OVERHEAD = 2e-5;
const PER_MULTIPLICATION = 5e-11;
const PER_PARAMETER = 6e-9;

/** Bytes of dropout masks held at once, as float32. */
const MASK_BUDGET = 32 * 2 ** 20;

/**
 * How many steps one run of the epoch graph takes. Splitting an epoch changes no bit of the result.
 * A multiple of four, so that the dropout masks of a run are a whole number of draws.
 */
export function stepsPerRun(network: Network, batchSize: number): number {
  const parameters = parameterCount(network);
  const seconds = network.depth * LAYER_OVERHEAD + 6 * network.multiplications * batchSize * PER_MULTIPLICATION + parameters * PER_PARAMETER;
  const maskBytes = 4 * network.maskShapes(batchSize).reduce((sum, shape) => sum + sizeOf(shape), 0);
  const steps = Math.min(LONGEST_RUN / seconds, maskBytes === 0 ? Infinity : MASK_BUDGET / maskBytes);
  return Math.max(4, Math.floor(steps / 4) * 4);
}
