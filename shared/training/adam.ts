import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/** Added by PyTorch to the norm that the gradient is divided by. */
const CLIP_EPSILON = 1e-6;

/**
 * Added to the gradient: where a unit is dead, the moments would otherwise decay into denormal numbers,
 * on which a processor is many times slower. Far below the resolution of a parameter update.
 */
const DENORMAL_GUARD = 1e-18;

export interface AdamOptions {
  /** L2 term: weightDecay x parameter is added to the clipped gradient (Adam with L2, not AdamW). */
  readonly weightDecay: number;
  /** Greatest Euclidean norm of the gradient; a longer one is scaled down to it. */
  readonly gradientClip: number;
}

/** Flat vectors of equal length. */
export interface AdamState {
  readonly parameters: Value;
  /** Discounted sum of the gradients: Adam's first moment / (1 - beta1). */
  readonly first: Value;
  /** Discounted sum of the squared gradients: Adam's second moment / (1 - beta2). */
  readonly second: Value;
}

/**
 * One step of Adam as PyTorch does it: clip the norm of the raw gradient, add the L2 term, update the moments, step.
 * @param rate see `AdamCorrections`, as for `epsilon`
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 */
export function emitAdam(
  g: GraphBuilder,
  options: AdamOptions,
  state: AdamState,
  gradient: Value,
  rate: Value,
  epsilon: Value,
): AdamState & { readonly norm: Value } {
  const norm = g.norm(gradient);
  const scale = g.minimum(g.divide(g.scalar(options.gradientClip), g.add(norm, g.scalar(CLIP_EPSILON))), g.scalar(1));
  const clipped = g.add(g.multiply(gradient, scale), g.scalar(DENORMAL_GUARD));
  const total = options.weightDecay === 0 ? clipped : g.add(clipped, g.multiply(state.parameters, g.scalar(options.weightDecay)));
  const first = g.add(g.multiply(state.first, g.scalar(BETA_1)), total);
  const second = g.add(g.multiply(state.second, g.scalar(BETA_2)), g.multiply(total, total));
  const change = g.multiply(g.divide(first, g.add(g.squareRoot(second), epsilon)), rate);
  return { parameters: g.subtract(state.parameters, change), first, second, norm };
}

/** Adam's learning rate and epsilon for a run of steps, bias corrections and scale of the moments included. */
export class AdamCorrections {
  #power1 = 1;
  #power2 = 1;

  /**
   * The next `count` steps. With c1 = 1 - beta1^t, c2 = 1 - beta2^t and the moments m = (1 - beta1) M, v = (1 - beta2) V,
   * PyTorch's change (rate / c1) m / (sqrt(v) / sqrt(c2) + epsilon) equals
   * (rate / c1) (1 - beta1) r M / (sqrt(V) + epsilon r) with r = sqrt(c2 / (1 - beta2)).
   */
  next(count: number, learningRate: number): { readonly rates: Float32Array; readonly epsilons: Float32Array } {
    const rates = new Float32Array(count);
    const epsilons = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      this.#power1 *= BETA_1;
      this.#power2 *= BETA_2;
      const root = Math.sqrt((1 - this.#power2) / (1 - BETA_2));
      rates[i] = (learningRate * (1 - BETA_1) * root) / (1 - this.#power1);
      epsilons[i] = EPSILON * root;
    }
    return { rates, epsilons };
  }
}
