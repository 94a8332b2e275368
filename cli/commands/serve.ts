import { Command } from 'commander';
import { endWith } from '../exit.ts';
import { dataOption, examples, memoryOption, wholeNumber } from '../options.ts';
import type { ServeRequest } from '../serve.ts';

/** `tocsin serve`: the HTTP API on this machine. */
export function serveCommand(): Command {
  return new Command('serve')
    .description(
      'Serves the HTTP API on 127.0.0.1 until it is stopped. Other commands on the same memory folder go through this server.\n' +
        'Exit status: 0 stopped by Ctrl-C or SIGTERM, 1 failed or refused, 2 bad usage or invalid default strategy.',
    )
    .option('--port <n>', 'port to listen on; 0 takes any free one', wholeNumber(0, 65_535), 8000)
    .addOption(dataOption())
    .addOption(memoryOption())
    .option('--default-strategy <file>', 'strategy that a trigger without one runs')
    .option('--capacity <n>', 'most researches at work at once', wholeNumber(1, 64), 2)
    .addHelpText('after', examples('tocsin serve --data ./data --default-strategy strategy.yaml', 'curl -X POST http://127.0.0.1:8000/api/v1/agent/trigger'))
    .action(async (options: ServeRequest) => {
      const { serve } = await import('../serve.ts');
      endWith(await serve(options));
    });
}
