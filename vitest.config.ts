import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{lint,shared,functions,local,cli,infra,memory-schema,docs,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/aws/**'],
    setupFiles: ['vitest.setup.ts'],
    reporters: ['default', './test/support/not-run-reporter.ts'],
    sequence: { shuffle: true },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
