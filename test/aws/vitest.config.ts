import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export default defineConfig({
  test: {
    root: inProject('.'),
    include: ['test/aws/*.test.ts'],
    setupFiles: ['vitest.setup.ts'],
    reporters: [
      'default',
      [inProject('test/support/not-run-reporter.ts'), { allowed: 'test/aws/may-go-unjudged.txt' }],
      ['json', { outputFile: inProject('reports/aws.json') }],
    ],
    // Files change the one stack's definition, and count what is at work.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
});
