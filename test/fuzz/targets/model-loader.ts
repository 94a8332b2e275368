// A process that loads model bundles one after another, as its parent sends them.
import { type LoadAnswer, type LoadRequest, outcomeOf } from './model.ts';

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

async function answerTo({ model, manifest }: LoadRequest): Promise<LoadAnswer> {
  try {
    return { outcome: await outcomeOf({ model: bytes(model), manifest: bytes(manifest) }), rss: process.memoryUsage().rss };
  } catch (error) {
    return { broken: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

process.on('message', (request: LoadRequest) => {
  // oxlint-disable-next-line typescript/no-floating-promises -- it answers whatever happens
  answerTo(request).then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit(0));
