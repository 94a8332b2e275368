import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { AREAS } from './areas.ts';

const name = process.env['MUTATION_AREA'] ?? '';
const area = AREAS[name];
if (area === undefined) throw new Error(`MUTATION_AREA is ${name}; it must be one of ${Object.keys(AREAS).join(', ')}.`);

/** The first test that fails ends a mutant, so the long ones come last. */
class ShortFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => (moduleId.endsWith('.mutation.ts') ? 2 : moduleId.includes('/test/model/') ? 1 : 0);
    return [...files].sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: [...area.tests],
    // Bundles are built of unmutated files, by processes of their own.
    exclude: ['**/node_modules/**', 'functions/bundles.test.ts'],
    setupFiles: ['vitest.setup.ts'],
    // Files of one mutant share what they load; mutants that act while a module is loaded need it anew.
    isolate: area.withStatic,
    sequence: { sequencer: ShortFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
