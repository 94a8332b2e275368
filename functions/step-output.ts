import { fail } from '../shared/errors/index.ts';

/** Largest step output that is passed on, bytes of JSON. AWS takes 256 KB; steps hand on keys, never data. */
const LARGEST_OUTPUT_BYTES = 8 * 1024;

/**
 * The output of a step if the state machine can pass it on unchanged.
 * @throws StorageError STEP_OUTPUT_INVALID for undefined, NaN, infinity, anything that JSON drops, or more than 8 KB
 */
export function checkedStepOutput(step: string, output: unknown): unknown {
  checkJson(step, output, 'output');
  const bytes = Buffer.byteLength(JSON.stringify(output));
  if (bytes > LARGEST_OUTPUT_BYTES) throw fail('STEP_OUTPUT_INVALID', { step, reason: `${bytes} bytes exceed ${LARGEST_OUTPUT_BYTES}` });
  return output;
}

function checkJson(step: string, value: unknown, path: string): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    value.forEach((entry, i) => checkJson(step, entry, `${path}[${i}]`));
    return;
  }
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, entry] of Object.entries(value)) checkJson(step, entry, `${path}.${key}`);
    return;
  }
  throw fail('STEP_OUTPUT_INVALID', { step, reason: `${path} is ${typeof value === 'number' ? value : kindOf(value)}` });
}

function kindOf(value: unknown): string {
  return typeof value === 'object' ? 'no plain object' : `of type ${typeof value}`;
}
