import { describe } from 'vitest';

/** Folder with real FX data, `<SYMBOL>_<TIMEFRAME>.csv`; null where TOCSIN_DATA names none. */
export const realData: string | null = process.env['TOCSIN_DATA'] || null;

/**
 * `describe` for tests on real FX data, skipped where TOCSIN_DATA names no folder, under a name that says so.
 * `tests` runs in either case, to register the names, and must not read the folder outside of a test.
 */
export function describeWithRealData(name: string, tests: (folder: string) => void): void {
  const folder = realData ?? '';
  const mark = realData === null ? '[needs TOCSIN_DATA] ' : '';
  describe.skipIf(realData === null)(`${mark}${name}`, () => {
    tests(folder);
  });
}
