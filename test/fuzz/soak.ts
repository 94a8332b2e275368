import { expect, test } from 'vitest';
import { campaign, keepFigures, type Target } from './campaign.ts';

const MINUTE_MS = 60_000;

/** A whole campaign as a test; its figures are printed, and kept in reports/soak. */
export function soak(name: string, open: () => Promise<Target & { close?(): Promise<void> }>, inputs: number): void {
  test(`${inputs.toLocaleString('en')} hostile inputs to ${name} are refused in words, or read soundly`, { timeout: 10 * MINUTE_MS }, async () => {
    const target = await open();
    try {
      const figures = await campaign(target, inputs);
      await keepFigures(figures);
      console.log(JSON.stringify(figures));
      expect(figures.inputs).toBe(inputs);
      expect(Object.keys(figures.outcomes).length).toBeGreaterThan(1);
    } finally {
      await target.close?.();
    }
  });
}
