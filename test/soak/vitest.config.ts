import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// What takes minutes: `npm run test:soak`. Reports and figures go to reports/.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/fuzz/*.fuzz.ts', 'test/soak/*.soak.ts'],
    setupFiles: ['vitest.setup.ts'],
    reporters: ['default', ['json', { outputFile: 'reports/soak.json' }]],
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
});
