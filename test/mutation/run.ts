/**
 * Mutation tests: `npm run mutation` tries every area, `npm run mutation -- gates` those that it names. Exits with 1 where an area's tests find less
 * than 90 % of its mutants. Reports, with every survivor in place: reports/mutation/<area>.html and .json.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { AREAS } from './areas.ts';

const LEAST_PERCENT = 90;

/** Stryker's settings for an area. */
function options(area: string): object {
  const { mutate, withStatic } = AREAS[area]!;
  return {
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    mutate: [...mutate, '!**/*.test.ts'],
    coverageAnalysis: 'perTest',
    ignoreStatic: !withStatic,
    concurrency: Number(process.env['MUTATION_CONCURRENCY'] ?? 2),
    timeoutMS: 10_000,
    timeoutFactor: 3,
    // Stryker would rewrite the references of a tsconfig through the API of TypeScript, which version 7 does not have. There are none.
    tsconfigFile: 'none.json',
    tempDirName: `reports/mutation/sandbox-${area}`,
    ignorePatterns: ['/data', '/memory', '/dist', '/examples', '/reports', '/bench'],
    reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
    clearTextReporter: { reportTests: false, allowColor: false },
    htmlReporter: { fileName: `reports/mutation/${area}.html` },
    jsonReporter: { fileName: `reports/mutation/${area}.json` },
    thresholds: { high: 100, low: LEAST_PERCENT, break: LEAST_PERCENT },
  };
}

const asked = process.argv.slice(2);
const areas = asked.length === 0 ? Object.keys(AREAS) : asked;
const unknown = areas.find((area) => !Object.hasOwn(AREAS, area));
if (unknown !== undefined) throw new Error(`There is no area ${unknown}; there are ${Object.keys(AREAS).join(', ')}.`);

mkdirSync('reports/mutation', { recursive: true });
const failed = areas.filter((area) => {
  const file = `reports/mutation/stryker.${area}.json`;
  writeFileSync(file, JSON.stringify(options(area)));
  process.stdout.write(`\n${area}\n`);
  const { status } = spawnSync('npx', ['stryker', 'run', file], { stdio: 'inherit', env: { ...process.env, MUTATION_AREA: area } });
  return status !== 0;
});
if (failed.length > 0) {
  process.stderr.write(`Below ${LEAST_PERCENT} %, or not run to the end: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
