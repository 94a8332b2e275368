/**
 * A module hook that leaves out zod's messages in other languages, as the bundles of the functions do: fifty modules that
 * every command would load, a tenth of a second, and none uses.
 */
export async function load(url, context, nextLoad) {
  if (!url.endsWith('/zod/v4/locales/index.js')) return nextLoad(url, context);
  return { format: 'module', source: "export { default as en } from './en.js';", shortCircuit: true };
}
