import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFunction } from './bundle.ts';
import { FUNCTION_NAMES } from './function-sizes.ts';
import { readSettings } from './settings.ts';
import { TocsinStack } from './tocsin-stack.ts';

const app = new App();
const settings = readSettings(app.node);
const { stage, architecture } = settings;
// In the folder that the CDK CLI keeps for one run at a time.
const bundles = join(app.outdir, 'functions', architecture);
await Promise.all(FUNCTION_NAMES.map((name) => bundleFunction(name, join(bundles, name), { architecture })));
new TocsinStack(app, `tocsin-${stage}`, { settings, bundles });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
