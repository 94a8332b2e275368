import { Command, CommanderError } from 'commander';
import { TOCSIN_VERSION } from '../shared/version.ts';
import { flush, isClosedPipe, outliveClosedPipes } from './output-stream.ts';
import { EXIT } from './refusal.ts';

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Commands in the order of the help; only the one that is called is loaded. */
const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'research',
    summary: 'run one research cycle: train, backtest, record',
    load: async () => (await import('./commands/research.ts')).researchCommand(),
  },
  {
    name: 'serve',
    summary: 'serve the HTTP API on this machine',
    load: async () => (await import('./commands/serve.ts')).serveCommand(),
  },
  {
    name: 'validate',
    summary: 'check strategy files',
    load: async () => {
      const [{ validateCommand }, { processOutput }] = await Promise.all([import('./commands/validate.ts'), import('./output.ts')]);
      return validateCommand(processOutput);
    },
  },
  {
    name: 'features',
    summary: "print a strategy's feature matrix as CSV",
    load: async () => (await import('./commands/features.ts')).featuresCommand(),
  },
  {
    name: 'data',
    summary: 'check, import, make and upload market data',
    load: async () => {
      const [{ dataCommand }, { processOutput }] = await Promise.all([import('./commands/data.ts'), import('./output.ts')]);
      return dataCommand(processOutput);
    },
  },
  {
    name: 'strategies',
    summary: 'list and store strategies',
    load: async () => (await import('./commands/strategies.ts')).strategiesCommand(),
  },
  {
    name: 'operations',
    summary: 'list, show, cancel and retry researches',
    load: async () => (await import('./commands/operations.ts')).operationsCommand(),
  },
  {
    name: 'experiments',
    summary: 'list, show and import experiments',
    load: async () => (await import('./commands/experiments.ts')).experimentsCommand(),
  },
  {
    name: 'hypotheses',
    summary: 'list, add and test hypotheses',
    load: async () => (await import('./commands/hypotheses.ts')).hypothesesCommand(),
  },
  {
    name: 'explain',
    summary: 'say what the code of a failure means and what to do',
    load: async () => (await import('./commands/explain.ts')).explainCommand(),
  },
];

/** Runs the command line and ends the process with its exit status. */
export async function main(args: readonly string[]): Promise<never> {
  outliveClosedPipes();
  const status = await run(args);
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  process.exit(status);
}

/** Runs the command line and returns its exit status: 0 done, 1 failed, 2 bad usage or invalid strategy. Everything has been said. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const program = await programFor(args);
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (isClosedPipe(error)) return EXIT.done;
    const { reportError } = await import('./report-error.ts');
    // oxlint-disable-next-line loud/no-swallowed-error -- it is printed, and the exit status says so
    return reportError(error);
  }
}

async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command('tocsin')
    .description('A research platform for trading strategies that fails loudly: train a neuro-fuzzy model, backtest it, record the experiment or say why not.')
    .version(TOCSIN_VERSION, '-V, --version', 'print the version')
    .addHelpText('after', '\nExample:\n  $ tocsin research strategy.yaml --data ./data\n\n`tocsin <command> --help` tells more, with examples.');
  const named = args.filter((arg) => !arg.startsWith('-')).slice(0, 2);
  for (const { name, summary, load } of COMMANDS) {
    program.addCommand(named.includes(name) ? (await load()).summary(summary) : new Command(name).summary(summary).usage('...'));
  }
  strict(program);
  return program;
}

/** Bad usage throws instead of ending the process, after a message that shows the way to the help. */
function strict(command: Command): void {
  command.exitOverride().showHelpAfterError(`Usage and examples: ${fullName(command)} --help`);
  for (const child of command.commands) strict(child);
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}
