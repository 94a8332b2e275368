import type { ImportedExperiment } from '../memory-schema/imported-experiment.ts';
import type { ReportContext } from './experiment-report.ts';
import { labelled } from './text.ts';

/** The short report of an imported experiment: what its record says, in its own words. */
export function importedReport(experiment: ImportedExperiment, { writtenTo, width, paint }: Omit<ReportContext, 'durationSeconds'>): string {
  const { id, strategy_name: name, timestamp, status, gate_rejection_reason: reason, context, results, assessment, source } = experiment;
  const told = (map: Readonly<Record<string, unknown>>) =>
    Object.entries(map)
      .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join('\n');
  const hypotheses = assessment.hypotheses?.map((hypothesis) => (typeof hypothesis === 'string' ? hypothesis : `${hypothesis.text} (${hypothesis.status})`));
  const entries = [
    ['Result', reason === null ? status : `${status}. ${reason}`],
    ['Results', told(results)],
    ['Verdict', assessment.verdict],
    ['Observations', assessment.observations?.join('\n')],
    ['Limitations', assessment.limitations?.join('\n')],
    ['Hypotheses', hypotheses?.join('\n')],
    ['Context', told(context)],
    ['Source', `${source}, imported`],
    ['Time', timestamp],
    ['Experiment', writtenTo],
  ] as const;
  const given = entries.flatMap(([label, text]) => (text === undefined || text === '' ? [] : [[label, text] as const]));
  return `\n${paint('bold', name)}  ${paint('dim', id)}\n\n${labelled(given, width, paint)}\n`;
}
