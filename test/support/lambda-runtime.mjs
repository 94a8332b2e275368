// Runs a bundled function as Lambda's runtime does: plain Node, one invocation at a time, errors in the form that Lambda hands on.
// Started by `lambda.ts` with the path of the function's module.
import { pathToFileURL } from 'node:url';

const errorOf = (error) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

const began = performance.now();
let handler;
try {
  ({ handler } = await import(pathToFileURL(process.argv[2]).href));
  process.send({ type: 'loaded', milliseconds: performance.now() - began, exports: typeof handler });
} catch (error) {
  process.send({ type: 'unloadable', error: errorOf(error) });
}

process.on('message', async ({ event, timeoutMs }) => {
  const deadline = performance.now() + timeoutMs;
  const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => deadline - performance.now() };
  try {
    process.send({ type: 'result', payload: JSON.stringify((await handler(event, context)) ?? null) });
  } catch (error) {
    process.send({ type: 'error', error: errorOf(error) });
  }
});
