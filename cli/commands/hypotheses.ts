import { Command, Option } from 'commander';
import { HYPOTHESIS_STATUSES, type HypothesisStatus, TEST_VERDICTS, type TestVerdict } from '../../memory-schema/hypothesis.ts';
import { examples, type PlaceOptions, placed, wholeNumber } from '../options.ts';

const TEST = 'tocsin hypotheses test H_001 --experiment exp_20260102_030405_0a1b2c3d --verdict refuted';

/** `tocsin hypotheses`: what is to be found out, and what experiments said of it. */
export function hypothesesCommand(): Command {
  const hypotheses = new Command('hypotheses')
    .description('Lists and adds hypotheses, and records what experiments say of them.')
    .addHelpText('after', examples('tocsin hypotheses add "Daily bars suit RSI better than hourly ones"', TEST));
  hypotheses.addCommand(
    placed(new Command('list'), 'the hypotheses')
      .description('Lists hypotheses, newest id first.')
      .addOption(new Option('--status <status>', 'only those with this status').choices(HYPOTHESIS_STATUSES))
      .option('--limit <n>', 'at most this many', wholeNumber(1, 1000), 50)
      .addHelpText('after', examples('tocsin hypotheses list --status untested'))
      .action(async (options: PlaceOptions & { status?: HypothesisStatus; limit: number }) => {
        const { listHypotheses } = await import('../hypotheses.ts');
        await listHypotheses(options);
      }),
  );
  hypotheses.addCommand(
    placed(new Command('show'), 'the hypothesis')
      .description('Shows one hypothesis with the experiments that tested it.')
      .argument('<id>', 'hypothesis id')
      .addHelpText('after', examples('tocsin hypotheses show H_001'))
      .action(async (id: string, options: PlaceOptions) => {
        const { showHypothesis } = await import('../hypotheses.ts');
        await showHypothesis(id, options);
      }),
  );
  hypotheses.addCommand(
    placed(new Command('add'), 'the hypothesis')
      .description('Adds a hypothesis, untested.')
      .argument('<text>', 'what is supposed, in a sentence')
      .option('--rationale <text>', 'why it is supposed')
      .option('--source <experiment>', 'id of the experiment that suggested it')
      .addHelpText('after', examples('tocsin hypotheses add "Wider stops help" --rationale "Most losses are stops inside the noise"'))
      .action(async (text: string, options: PlaceOptions & { rationale?: string; source?: string }) => {
        const { addHypothesis } = await import('../hypotheses.ts');
        await addHypothesis(text, options);
      }),
  );
  hypotheses.addCommand(
    placed(new Command('test'), 'the hypothesis')
      .description(
        'Records that an experiment tested a hypothesis, and what it found; the status follows.\n' +
          'A settled hypothesis that a test contradicts becomes inconclusive. An experiment tests a hypothesis once.',
      )
      .argument('<id>', 'hypothesis id')
      .requiredOption('--experiment <id>', 'the experiment: of a completed research, or imported')
      .addOption(new Option('--verdict <verdict>', 'what it found').choices(TEST_VERDICTS).makeOptionMandatory())
      .addHelpText('after', examples(TEST))
      .action(async (id: string, options: PlaceOptions & { experiment: string; verdict: TestVerdict }) => {
        const { testHypothesis } = await import('../hypotheses.ts');
        await testHypothesis(id, options);
      }),
  );
  return hypotheses;
}
