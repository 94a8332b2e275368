/** Position of the first NaN or infinity, or -1 where every value is finite. One pass: a sum of finite float32 cannot overflow. */
export function firstNotFinite(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return Number.isFinite(sum) ? -1 : values.findIndex((value) => !Number.isFinite(value));
}
