import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import type { FunctionName } from './function-sizes.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const NATIVE_MODULE = 'onnxruntime-node';

/** Where a bundle is to run. */
export interface BundleTarget {
  readonly architecture: 'x64' | 'arm64';
  /** @default 'linux' */
  readonly platform?: 'linux' | 'darwin' | 'win32';
}

/** zod carries its messages in some fifty languages, of which ours is the only one used: a quarter of a bundle. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup(build) {
    build.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({ contents: "export { default as en } from './en.js';" }));
  },
};

/** What every bundle of ours for Node has in common. */
export const FOR_NODE = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  // Lambda has Node 24. Nothing in the sources needs lowering for 20, the least that runs tocsin.
  target: 'node20',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  // CommonJS packages in the bundle ask for Node's own modules with `require`.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  plugins: [englishOnly],
  logLevel: 'warning',
} as const satisfies BuildOptions;

/**
 * Builds a function into a folder of its own: `index.mjs` with all it needs, its source map, and, where it trains or runs models, the
 * part of onnxruntime-node for the target. The same sources give the same bytes.
 */
export async function bundleFunction(name: FunctionName, outDir: string, target: BundleTarget): Promise<void> {
  await bundleEntry(join(PROJECT, 'functions', name, 'index.ts'), outDir, target);
}

/** Builds any module as `bundleFunction` builds a function's. */
export async function bundleEntry(entry: string, outDir: string, target: BundleTarget): Promise<void> {
  const { outputFiles, metafile } = await build({
    ...FOR_NODE,
    entryPoints: [entry],
    absWorkingDir: PROJECT,
    // Not written there: paths in the source map are relative to it, and must not tell where the project lies.
    outfile: join(PROJECT, 'index.mjs'),
    write: false,
    external: [NATIVE_MODULE],
    minify: true,
    metafile: true,
  });
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  for (const { path, contents } of outputFiles) writeFileSync(join(outDir, relative(PROJECT, path)), contents);
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  if (imports.some(({ path }) => path === NATIVE_MODULE)) copyNativeModule(outDir, target);
}

/** Copies onnxruntime-node for one platform, and onnxruntime-common, of which CommonJS is enough: 47 MB of 260. */
function copyNativeModule(outDir: string, { architecture, platform = 'linux' }: BundleTarget): void {
  const from = createRequire(import.meta.url);
  const runtime = dirname(dirname(from.resolve(NATIVE_MODULE)));
  const common = dirname(dirname(dirname(createRequire(runtime).resolve('onnxruntime-common'))));
  const isCode = (file: string) => file.endsWith('.js') || file.endsWith('package.json');
  copyFiles(join(runtime, 'dist'), join(outDir, 'node_modules', NATIVE_MODULE, 'dist'), isCode);
  copyFiles(runtime, join(outDir, 'node_modules', NATIVE_MODULE), isCode);
  const binary = join('bin', 'napi-v6', platform, architecture);
  copyFiles(join(runtime, binary), join(outDir, 'node_modules', NATIVE_MODULE, binary), () => true);
  copyFiles(common, join(outDir, 'node_modules', 'onnxruntime-common'), isCode);
  copyFiles(join(common, 'dist', 'cjs'), join(outDir, 'node_modules', 'onnxruntime-common', 'dist', 'cjs'), isCode);
}

/** Copies the files directly in a folder. */
function copyFiles(from: string, to: string, take: (file: string) => boolean): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isFile() && take(entry.name)) copyFileSync(join(from, entry.name), join(to, entry.name));
  }
}
