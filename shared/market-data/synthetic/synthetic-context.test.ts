import { describe, expect, it } from 'vitest';
import { parseContextValues, serializeContextValues } from '../context/values.ts';
import { isContextId } from '../file-name.ts';
import { syntheticContext } from './synthetic-context.ts';

const DAY = 86_400_000;
const options = { seed: 5, start: Date.UTC(2021, 0, 1), days: 60 };

describe('syntheticContext', () => {
  it('is the same for the same seed and another for another', () => {
    expect(syntheticContext(options)).toEqual(syntheticContext(options));
    expect(syntheticContext({ ...options, seed: 6 })[0]!.value).not.toEqual(syntheticContext(options)[0]!.value);
  });

  it.each(syntheticContext(options).map((series) => [series.source, series] as const))('gives a file of %s that can be read, long before the market and to its end', (source, series) => {
    expect(isContextId(source)).toBe(true);
    const { published, value } = parseContextValues(new TextEncoder().encode(serializeContextValues(series)), source);
    expect([published, value]).toEqual([series.published, series.value]);
    expect(published[0]).toBeLessThan(options.start - 365 * DAY);
    expect(options.start + options.days * DAY - published.at(-1)!).toBeLessThan(32 * DAY);
    expect(published.at(-1)).toBeLessThan(options.start + options.days * DAY);
  });
});
