#!/usr/bin/env node
const REQUIRED = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])) {
  process.stderr.write(
    `tocsin needs Node ${REQUIRED.join('.')} or later; this is Node ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer Node, or put it first in PATH, then run the command again.\n',
  );
  process.exit(1);
}

// The SDK's word on coming Node versions is for developers; it would stand among the output of every command.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const { builtProgram } = await import('./built-program.mjs');
const built = builtProgram();
const { main } = built === undefined ? await fromSources() : await fromBuilt(built);
await main(process.argv.slice(2));

async function fromBuilt(module) {
  // Traces name the sources.
  process.setSourceMapsEnabled(true);
  return import(module);
}

async function fromSources() {
  const [{ register }, { register: registerTypeScript }] = await Promise.all([import('node:module'), import('tsx/esm/api')]);
  registerTypeScript();
  register('./english-zod.mjs', import.meta.url);
  return import('./main.ts');
}
