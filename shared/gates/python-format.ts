/**
 * Numbers as Python prints them: gate reasons are compared as text, across runs and with older records.
 * Both languages round the binary value itself, ties to even; `toFixed` differs where it meets an exact tie (0.125) or 1e21.
 */

/** Python's `{value:.<digits>f}` for a finite number. */
export function formatFixed(value: number, digits: number): string {
  const negative = value < 0 || Object.is(value, -0);
  const [numerator, denominator] = exactFraction(Math.abs(value));
  const scaled = numerator * 10n ** BigInt(digits);
  const remainder = scaled % denominator;
  let rounded = scaled / denominator;
  if (remainder * 2n > denominator || (remainder * 2n === denominator && rounded % 2n === 1n)) rounded += 1n;
  const text = rounded.toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${negative ? '-' : ''}${digits === 0 ? whole : `${whole}.${text.slice(text.length - digits)}`}`;
}

/** Python's `{value:.<digits>%}` for a finite number. */
export function formatPercent(value: number, digits: number): string {
  return `${formatFixed(value * 100, digits)}%`;
}

/** Python's `repr` of a finite float: the shortest digits that read back as the same number. */
export function reprFloat(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 16) return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  const digits = mantissa.replace('-', '').replace('.', '');
  const sign = value < 0 ? '-' : '';
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0');
  return `${sign}${whole}.${digits.slice(power + 1) || '0'}`;
}

/** The exact value of a finite double >= 0 as numerator and power-of-two denominator. */
function exactFraction(value: number): [numerator: bigint, denominator: bigint] {
  let scaled = value;
  let denominator = 1n;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return [BigInt(scaled), denominator];
}
