import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnElement } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { FUNCTION_NAMES } from '../function-sizes.ts';
import { readSettings } from '../settings.ts';
import { TocsinStack } from '../tocsin-stack.ts';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- templates have no types of their own
  readonly Properties: any;
}

/** A stack's template, read for tests. */
export interface Synthesized {
  readonly template: { readonly Resources: Readonly<Record<string, Resource>>; readonly Outputs: Readonly<Record<string, unknown>> };
  /** Findings of cdk-nag that nothing acknowledges, as `rule at path`. */
  readonly findings: readonly string[];
  /** What each asset holds, by its key: a file's text, or that of the one file of a folder. */
  readonly assets: Readonly<Record<string, string>>;
  /** Resources of a type by the path of their construct. */
  readonly resources: (type: string) => Readonly<Record<string, Resource>>;
  /** A value with its references as `<path>` and `<path>.Attribute`. */
  readonly render: (value: unknown) => string;
}

/** Synthesizes the stack with context values, on functions that hold nothing but their name. */
export function synthesize(context: Readonly<Record<string, unknown>> = {}, { validated = false } = {}): Synthesized {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-synth-'));
  const bundles = join(folder, 'bundles');
  for (const name of FUNCTION_NAMES) {
    mkdirSync(join(bundles, name), { recursive: true });
    writeFileSync(join(bundles, name, 'index.mjs'), `export const handler = '${name}';\n`);
  }
  const cdk = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as { readonly context: object };
  const app = new App({ outdir: join(folder, 'out'), context: { ...cdk.context, ...context }, builtinCloudFormationValidation: validated });
  const stack = new TocsinStack(app, 'stack', { settings: readSettings(app.node), bundles });
  const paths = new Map<string, string>();
  for (const element of stack.node.findAll()) {
    if (CfnElement.isCfnElement(element)) paths.set(stack.getLogicalId(element), element.node.path.replace(/^stack\//, '').replace(/\/Resource$/, ''));
  }
  const findings = new AwsSolutionsChecks(app)
    .validateScope(stack)
    .violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`));
  const assembly = app.synth();
  const template = assembly.getStackByName('stack').template as Synthesized['template'];
  const assets = readAssets(join(folder, 'out'));
  rmSync(folder, { recursive: true });

  const pathOf = (logicalId: string) => paths.get(logicalId) ?? logicalId;
  const render = (value: unknown): string => {
    if (typeof value !== 'object' || value === null) return String(value);
    const [[kind, argument] = []] = Object.entries(value);
    if (kind === 'Ref') return `<${pathOf(argument)}>`;
    if (kind === 'Fn::GetAtt') return `<${pathOf(argument[0])}>.${argument[1]}`;
    if (kind === 'Fn::Join') return argument[1].map(render).join(argument[0]);
    return JSON.stringify(value);
  };
  return {
    template,
    findings,
    render,
    assets,
    resources: (type) =>
      Object.fromEntries(
        Object.entries(template.Resources)
          .filter(([, resource]) => resource.Type === type)
          .map(([logicalId, resource]) => [pathOf(logicalId), resource]),
      ),
  };
}

function readAssets(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name.startsWith('asset.'));
  const read = entries.map((entry) => {
    const path = join(folder, entry.name);
    const key = entry.name.slice('asset.'.length);
    if (!entry.isDirectory()) return [key, readFileSync(path, 'utf8')];
    return [`${key}.zip`, readdirSync(path).map((file) => readFileSync(join(path, file), 'utf8')).join('')];
  });
  return Object.fromEntries(read) as Record<string, string>;
}
