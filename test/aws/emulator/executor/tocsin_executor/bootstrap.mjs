// Lambda's Node runtime for one environment: initializes the handler once, then serves one invocation at a time.
// Follows the interface client of nodejs24.x: the same handler look-up, error documents, log lines, and no net for unhandled rejections.
import { existsSync, writeSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const answerPipe = Number(process.argv[2]);
let requestId = '-';

function namedError(name, message, stack) {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

function errorDocument(error) {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function answer(document) {
  const line = Buffer.from(`${JSON.stringify(document)}\n`);
  for (let written = 0; written < line.length; ) written += writeSync(answerPipe, line, written);
}

function patchConsole() {
  const levels = { trace: 'TRACE', debug: 'DEBUG', info: 'INFO', log: 'INFO', warn: 'WARN', error: 'ERROR' };
  for (const [method, level] of Object.entries(levels)) {
    console[method] = (...values) => {
      const message = format(...values).replaceAll('\n', '\r');
      writeSync(1, `${new Date().toISOString()}\t${requestId}\t${level}\t${message}\n`);
    };
  }
}

async function importModule(file) {
  const found = ['', '.js', '.mjs', '.cjs'].map((extension) => file + extension).find((candidate) => existsSync(candidate));
  if (found === undefined) throw namedError('Runtime.ImportModuleError', `Error: Cannot find module '${path.basename(file)}'`);
  try {
    return await import(pathToFileURL(found).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw namedError('Runtime.UserCodeSyntaxError', String(error), error.stack);
    if (error instanceof Error && error.code === 'MODULE_NOT_FOUND') throw namedError('Runtime.ImportModuleError', String(error));
    throw error;
  }
}

async function loadHandler(name) {
  const [, moduleName, exportName] = /^([^.]*)\.(.*)$/.exec(path.basename(name)) ?? [];
  if (moduleName === undefined || name.includes('..')) throw namedError('Runtime.MalformedHandlerName', 'Bad handler');
  const module = await importModule(path.resolve(process.env.LAMBDA_TASK_ROOT, path.dirname(name), moduleName));
  const lookUp = (scope) => exportName.split('.').reduce((nested, key) => nested?.[key], scope);
  const handler = lookUp(module) ?? lookUp(module.default);
  if (handler === undefined) throw namedError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof handler !== 'function') throw namedError('Runtime.HandlerNotFound', `${name} is not a function`);
  if (handler.length >= 3) throw namedError('Runtime.CallbackHandlerDeprecated', 'Handlers with a callback parameter are not supported.');
  return handler;
}

function contextOf({ requestId, functionArn, deadline }) {
  return {
    awsRequestId: requestId,
    invokedFunctionArn: functionArn,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function serialize(result) {
  try {
    return JSON.stringify(result === undefined ? null : result);
  } catch {
    throw namedError('Runtime.JSONStringifyError', 'Unable to stringify response body');
  }
}

async function serve(handler, request) {
  requestId = request.requestId;
  process.env._X_AMZN_TRACE_ID = request.traceId;
  try {
    answer({ result: serialize(await handler(JSON.parse(request.event), contextOf(request))) });
  } catch (error) {
    console.error('Invoke Error', JSON.stringify(errorDocument(error)));
    answer({ error: errorDocument(error) });
  }
}

patchConsole();
try {
  const handler = await loadHandler(process.env._HANDLER);
  const requests = createInterface({ input: process.stdin });
  requests.on('line', (line) => void serve(handler, JSON.parse(line)));
  requests.on('close', () => process.exit());
  answer({ ready: true });
} catch (error) {
  console.error('Init Error', JSON.stringify(errorDocument(error)));
  answer({ error: errorDocument(error) });
  process.exit(1);
}
